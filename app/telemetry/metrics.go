package telemetry

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// Meter counts and times what the App does. It is safe for concurrent use, and a
// nil Meter does nothing.
type Meter struct {
	registry *prometheus.Registry
	tracer   trace.Tracer

	deliveries  *prometheus.CounterVec
	jobs        *prometheus.HistogramVec
	phases      *prometheus.HistogramVec
	requests    *prometheus.HistogramVec
	remaining   *prometheus.GaugeVec
	findings    *prometheus.CounterVec
	notAnalysed prometheus.Counter
}

// New returns a meter with its own registry. Spans go to the provider; nil
// means nowhere.
func New(spans trace.TracerProvider) *Meter {
	if spans == nil {
		spans = noop.NewTracerProvider()
	}
	seconds := []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120}
	m := &Meter{
		registry: prometheus.NewRegistry(),
		tracer:   spans.Tracer("authdiff"),
		deliveries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "authdiff_deliveries_total", Help: "Deliveries by event and by what became of them.",
		}, []string{"event", "outcome"}),
		jobs: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "authdiff_job_seconds", Help: "Time of the attempts at jobs, by kind and by how they ended.", Buckets: seconds,
		}, []string{"kind", "outcome"}),
		phases: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "authdiff_phase_seconds", Help: "Time of the phases of a review.", Buckets: seconds,
		}, []string{"phase"}),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "authdiff_github_request_seconds", Help: "Time of requests to GitHub, by method and status; 0 stands for no answer.", Buckets: seconds,
		}, []string{"method", "status"}),
		remaining: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "authdiff_github_remaining", Help: "Requests that GitHub's rate limit leaves, by installation and resource, at the last answer.",
		}, []string{"installation", "resource"}),
		findings: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "authdiff_findings_total", Help: "Findings of completed comparisons, by severity and layer.",
		}, []string{"severity", "layer"}),
		notAnalysed: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "authdiff_not_analysed_total", Help: "What completed comparisons could not analyse, in entries of their list.",
		}),
	}
	m.registry.MustRegister(m.deliveries, m.jobs, m.phases, m.requests, m.remaining, m.findings, m.notAnalysed,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler serves the metrics in Prometheus' format.
func (m *Meter) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Delivery counts a delivery.
func (m *Meter) Delivery(event, outcome string) {
	if m != nil {
		m.deliveries.WithLabelValues(event, outcome).Inc()
	}
}

// Finding counts findings.
func (m *Meter) Finding(severity, layer string) {
	if m != nil {
		m.findings.WithLabelValues(severity, layer).Inc()
	}
}

// NotAnalysed counts what could not be analysed.
func (m *Meter) NotAnalysed(n int) {
	if m != nil {
		m.notAnalysed.Add(float64(n))
	}
}

// Queue is the state of the queue at one moment.
type Queue struct {
	Waiting, Running map[string]int           // jobs, by class
	Oldest           map[string]time.Duration // age of the oldest that hasn't ended, by class
	UnfinishedChecks int
}

// WatchQueue asks for the queue's state whenever the metrics are read.
func (m *Meter) WatchQueue(state func(context.Context) (Queue, error)) {
	m.registry.MustRegister(queueCollector{state})
}

// queueTimeout bounds the question: metrics must be readable while the database
// isn't.
const queueTimeout = 3 * time.Second

type queueCollector struct {
	state func(context.Context) (Queue, error)
}

var (
	queueJobs       = prometheus.NewDesc("authdiff_queue_jobs", "Jobs that haven't ended, by class and state.", []string{"class", "state"}, nil)
	queueOldest     = prometheus.NewDesc("authdiff_queue_oldest_seconds", "Age of the oldest job that hasn't ended, by class.", []string{"class"}, nil)
	queueUnfinished = prometheus.NewDesc("authdiff_unfinished_checks", "Pull requests and merge groups with a check run that was begun and has no end yet.", nil, nil)
	queueUp         = prometheus.NewDesc("authdiff_queue_up", "Whether the queue's database answers: 1 or 0.", nil, nil)
)

// Describe implements prometheus.Collector.
func (c queueCollector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{queueJobs, queueOldest, queueUnfinished, queueUp} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (c queueCollector) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	ctx, cancel := context.WithTimeout(context.Background(), queueTimeout)
	defer cancel()
	q, err := c.state(ctx)
	if err != nil {
		gauge(queueUp, 0)
		return
	}
	gauge(queueUp, 1)
	gauge(queueUnfinished, float64(q.UnfinishedChecks))
	for class, n := range q.Waiting {
		gauge(queueJobs, float64(n), class, "waiting")
		gauge(queueJobs, float64(q.Running[class]), class, "running")
		gauge(queueOldest, q.Oldest[class].Seconds(), class)
	}
}

// Transport stands around a transport to GitHub and measures it. installation
// is 0 where the App speaks for itself.
func (m *Meter) Transport(next http.RoundTripper, installation int64) http.RoundTripper {
	if m == nil {
		return next
	}
	label := ""
	if installation != 0 {
		label = strconv.FormatInt(installation, 10)
	}
	return &measured{meter: m, next: next, installation: label}
}

type measured struct {
	meter        *Meter
	next         http.RoundTripper
	installation string
}

// RoundTrip implements http.RoundTripper.
func (t *measured) RoundTrip(request *http.Request) (*http.Response, error) {
	end := t.meter.requestSpan(request)
	began := time.Now()
	response, err := t.next.RoundTrip(request)
	status := 0
	if err == nil {
		status = response.StatusCode
		if left, err := strconv.Atoi(response.Header.Get("X-RateLimit-Remaining")); err == nil {
			t.meter.remaining.WithLabelValues(t.installation, response.Header.Get("X-RateLimit-Resource")).Set(float64(left))
		}
	}
	t.meter.requests.WithLabelValues(request.Method, strconv.Itoa(status)).Observe(time.Since(began).Seconds())
	end(status, err)
	return response, err
}
