package sidecar

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// ownCost is what the sidecar itself takes: migrate_sidecar_process_*.
func ownCost() prometheus.Collector {
	return collectors.NewProcessCollector(collectors.ProcessCollectorOpts{Namespace: "migrate_sidecar"})
}

// collector asks at each scrape. The process_* names are the usual ones, and are the service's: all its processes
// together.
type collector struct{ s *Sidecar }

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

// Describe implements prometheus.Collector. It describes nothing: which metrics there are depends on what can be seen.
func (c collector) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (c collector) Collect(out chan<- prometheus.Metric) {
	cfg := c.s.cfg
	gauge := func(v float64, d *prometheus.Desc, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	counter := func(v float64, d *prometheus.Desc, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v, labels...)
	}
	gauge(1, desc("service_info", "What runs; always 1.", "service", "version", "commit", "image"), cfg.Name, cfg.Version, cfg.Commit, cfg.Image)

	a := c.s.ready.check(context.Background())
	up := 1.0
	if a.err != nil {
		up = 0
	}
	gauge(up, desc("service_up", "Whether the last probe found the service ready."))
	gauge(a.took.Seconds(), desc("service_probe_duration_seconds", "How long the last probe took."))
	passed, failed := c.s.ready.counts()
	probes := desc("service_probes_total", "Probes since the sidecar started.", "result")
	counter(float64(passed), probes, pass)
	counter(float64(failed), probes, fail)

	u, ok := c.s.neighbour.look()
	if !ok {
		return
	}
	gauge(float64(u.processes), desc("service_processes", "Processes of the service."))
	counter(u.cpu, desc("process_cpu_seconds_total", "CPU time of the service's processes."))
	gauge(u.resident, desc("process_resident_memory_bytes", "Resident memory of the service's processes; shared pages count for each."))
	gauge(float64(u.threads), desc("process_threads", "Threads of the service's processes."))
	if !u.started.IsZero() {
		gauge(float64(u.started.UnixMilli())/1000, desc("process_start_time_seconds", "Start of the service's eldest process, in seconds since 1970."))
	}
	if u.files >= 0 {
		gauge(u.files, desc("process_open_fds", "Open files of the process of the service that has the most."))
		gauge(u.fileLimit, desc("process_max_fds", "The limit of that process's open files."))
	}
}
