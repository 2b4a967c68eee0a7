package telemetry

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// Spans returns where spans go: to the collector that OpenTelemetry's own
// environment variables name (OTEL_EXPORTER_OTLP_ENDPOINT and its relatives),
// and nowhere when there is none. stop sends what is left.
func Spans(ctx context.Context, getenv func(string) string) (spans trace.TracerProvider, stop func(context.Context) error, err error) {
	if getenv("OTEL_EXPORTER_OTLP_ENDPOINT") == "" && getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") == "" {
		return noop.NewTracerProvider(), func(context.Context) error { return nil }, nil
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("OTEL_EXPORTER_OTLP_ENDPOINT: set up the export of traces: %w", err)
	}
	about, err := resource.New(ctx, resource.WithAttributes(attribute.String("service.name", "authdiff")), resource.WithFromEnv())
	if err != nil {
		return nil, nil, fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(about))
	return provider, provider.Shutdown, nil
}

const parentHeader = "traceparent"

// Traceparent names the context's span as W3C's header of that name does, for a
// job that goes on with its trace; empty when there is none.
func Traceparent(ctx context.Context) string {
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	return carrier[parentHeader]
}

// Span begins a span below the context's, or below the one that parent names.
// The returned function ends it.
func (m *Meter) Span(ctx context.Context, name, parent string, attrs ...string) (context.Context, func(error)) {
	if m == nil {
		return ctx, func(error) {}
	}
	if parent != "" {
		ctx = propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{parentHeader: parent})
	}
	ctx, span := m.tracer.Start(ctx, name, trace.WithAttributes(pairs(attrs)...))
	return ctx, func(err error) { endSpan(span, err) }
}

func pairs(list []string) (attrs []attribute.KeyValue) {
	for i := 0; i+1 < len(list); i += 2 {
		attrs = append(attrs, attribute.String(list[i], list[i+1]))
	}
	return attrs
}

func endSpan(span trace.Span, err error) {
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
	}
	span.End()
}

func (m *Meter) requestSpan(request *http.Request) func(status int, err error) {
	_, span := m.tracer.Start(request.Context(), request.Method+" GitHub", trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(attribute.String("url.path", request.URL.Path)))
	return func(status int, err error) {
		span.SetAttributes(attribute.Int("http.response.status_code", status))
		endSpan(span, err)
	}
}

// Job measures an attempt at a job, from now to the call of the returned
// function with how it ended.
func (m *Meter) Job(ctx context.Context, kind, parent string, attrs ...string) (context.Context, func(outcome string, err error)) {
	if m == nil {
		return ctx, func(string, error) {}
	}
	began := time.Now()
	ctx, end := m.Span(ctx, kind, parent, attrs...)
	return ctx, func(outcome string, err error) {
		m.jobs.WithLabelValues(kind, outcome).Observe(time.Since(began).Seconds())
		end(err)
	}
}

// Phases measures the phases of a piece of work, one after the other.
type Phases struct {
	meter *Meter
	ctx   context.Context
	name  string
	began time.Time
	end   func(error)
}

// Phases begins with the first phase. End must be called.
func (m *Meter) Phases(ctx context.Context, first string) *Phases {
	p := &Phases{meter: m, ctx: ctx}
	p.begin(first)
	return p
}

// Next ends the phase and begins the next.
func (p *Phases) Next(name string) {
	p.End()
	p.begin(name)
}

// End ends the last phase.
func (p *Phases) End() {
	if p.meter != nil {
		p.meter.phases.WithLabelValues(p.name).Observe(time.Since(p.began).Seconds())
	}
	p.end(nil)
}

func (p *Phases) begin(name string) {
	p.name, p.began = name, time.Now()
	_, p.end = p.meter.Span(p.ctx, name, "")
}
