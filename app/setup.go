package app

import (
	"context"
	_ "embed"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/authdiff/authdiff/app/webhook"
)

//go:embed setup.html
var setupPage string

// notSetUp is the readiness of a server without credentials.
type notSetUp struct{}

// Ready implements readiness.
func (notSetUp) Ready(context.Context) error { return errors.New("the App has no credentials") }

// setupRoutes serve the page that says what is missing. Deliveries fail, so
// that GitHub lists them as to be redelivered.
func setupRoutes() http.Handler {
	e := newRouter(notSetUp{})
	page := func(c echo.Context) error {
		header := c.Response().Header()
		header.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		return c.HTML(http.StatusOK, setupPage)
	}
	e.GET("/", page)
	e.GET("/setup", page)
	e.POST(webhook.Path, func(c echo.Context) error {
		return c.String(http.StatusServiceUnavailable, "the App is not set up yet\n")
	})
	return e
}
