package setup

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"

	"github.com/labstack/echo/v4"
)

//go:embed pages.html
var pagesText string

var pages = template.Must(template.New("").Parse(pagesText))

// render answers with a page. It may send its form to the site and nowhere else,
// and load nothing.
func (s *Server) render(c echo.Context, status int, name string, data map[string]string) error {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, name, data); err != nil {
		return fmt.Errorf("show the set-up page: %w", err)
	}
	header := c.Response().Header()
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' "+
		s.site.Scheme+"://"+s.site.Host)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "strict-origin-when-cross-origin") // of the address with the code, only the host
	header.Set("Cache-Control", "no-store")
	return c.HTML(status, b.String())
}
