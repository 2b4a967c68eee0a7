// Package telemetry is how operators see the App work: attributes that every
// log line of a piece of work carries, metrics, and traces.
package telemetry

import (
	"context"
	"log/slog"
	"slices"
)

type attrsKey struct{}

// With returns a context whose log lines carry the attributes, written as for
// slog.Logger.With, beside those that it has.
func With(ctx context.Context, args ...any) context.Context {
	record := slog.Record{}
	record.Add(args...)
	attrs := slices.Clone(attrsOf(ctx))
	record.Attrs(func(a slog.Attr) bool {
		attrs = slices.DeleteFunc(attrs, func(have slog.Attr) bool { return have.Key == a.Key })
		attrs = append(attrs, a)
		return true
	})
	return context.WithValue(ctx, attrsKey{}, attrs)
}

func attrsOf(ctx context.Context) []slog.Attr {
	attrs, _ := ctx.Value(attrsKey{}).([]slog.Attr)
	return attrs
}

// Logger returns a logger whose lines carry the attributes of the context that
// they are logged with.
func Logger(log *slog.Logger) *slog.Logger {
	if _, ok := log.Handler().(handler); ok {
		return log
	}
	return slog.New(handler{log.Handler()})
}

// handler adds the context's attributes to each line.
type handler struct{ slog.Handler }

// Handle implements slog.Handler.
func (h handler) Handle(ctx context.Context, record slog.Record) error {
	record.AddAttrs(attrsOf(ctx)...)
	return h.Handler.Handle(ctx, record)
}

// WithAttrs implements slog.Handler.
func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return handler{h.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (h handler) WithGroup(name string) slog.Handler { return handler{h.Handler.WithGroup(name)} }
