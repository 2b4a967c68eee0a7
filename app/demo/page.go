package demo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/authdiff/authdiff/app/preview"
	"github.com/authdiff/authdiff/app/review"
)

// page is the story as a reviewer sees it.
func (t *story) page() preview.Page {
	p := preview.Page{
		Title: t.pull.Title, Author: t.pull.Author, Number: int(t.pull.Number),
		Base: t.pull.BaseRef, Head: t.pull.HeadRef,
		Check: review.Check{
			Conclusion: t.check.Conclusion, Title: t.check.Title, Summary: t.check.Summary, Text: t.check.Text,
		},
		Files: t.files,
	}
	for _, a := range t.check.Annotations {
		p.Check.Annotations = append(p.Check.Annotations, review.Annotation{
			Path: a.Path, StartLine: a.StartLine, EndLine: a.EndLine, Level: a.Level, Title: a.Title, Message: a.Message,
		})
	}
	for _, c := range t.comments {
		p.Comments = append(p.Comments, review.Comment{
			ID: c.ID, Path: c.Path, Side: c.Side, Line: c.Line, StartLine: c.StartLine, File: c.File, Body: c.Body,
		})
	}
	var bodies []string
	for _, r := range t.reviews {
		bodies = append(bodies, r.Body)
	}
	p.ReviewBody = strings.Join(bodies, "\n\n")
	return p
}

// servePage shows the story until the context ends, which is no error.
func servePage(ctx context.Context, o Options, t *story) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.Addr)
	if err != nil {
		return fmt.Errorf("serve the page: %w: choose another --addr", err)
	}
	server := &http.Server{Handler: preview.Handler(t.page()), ReadHeaderTimeout: headerTimeout}
	closed := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer closed()
	if _, err := fmt.Fprintf(o.Out, "\nPage          http://%s (end with Ctrl-C)\n", listener.Addr()); err != nil {
		return errors.Join(err, listener.Close())
	}
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve the page: %w", err)
	}
	return nil
}
