package kube

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/transport/spdy"
	"k8s.io/streaming/pkg/httpstream"
)

// Tunnel leads to one pod of a Service through the API server, as kubectl port-forward does: it needs no route, no address
// that this machine can reach and nothing in the cluster.
type Tunnel struct {
	Door
	Service string

	stream httpstream.Connection
	next   atomic.Int64
}

// Door is where a Service lets requests in: its port, and a ready pod behind it.
type Door struct {
	Port int32 // of the Service: the one called http, or its first
	Pod  string

	target int32 // the pod's port behind Port
	pod    corev1.PodSpec
}

// Door finds a ready pod of a Service. Its errors say what is missing: the Service, or a ready pod.
func (c *Cluster) Door(ctx context.Context, namespace, name string) (Door, error) {
	service, err := c.typed.CoreV1().Services(namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return Door{}, fmt.Errorf("the Service %s: %w", name, c.advised(err))
	}
	if len(service.Spec.Ports) == 0 || len(service.Spec.Selector) == 0 {
		return Door{}, fmt.Errorf("the Service %s leads to no pods of its own", name)
	}
	port := service.Spec.Ports[max(0, slices.IndexFunc(service.Spec.Ports, func(p corev1.ServicePort) bool { return p.Name == "http" }))]
	pods, err := c.typed.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: metav1.FormatLabelSelector(&metav1.LabelSelector{MatchLabels: service.Spec.Selector})})
	if err != nil {
		return Door{}, fmt.Errorf("the pods of Service %s: %w", name, c.advised(err))
	}
	for _, pod := range pods.Items {
		if pod.DeletionTimestamp == nil && podReady(pod) {
			return Door{Port: port.Port, Pod: pod.Name, target: containerPort(pod, port), pod: pod.Spec}, nil
		}
	}
	return Door{}, fmt.Errorf("the Service %s leads to no ready pod", name)
}

// container is the one that listens there.
func (d Door) container() string {
	for _, c := range slices.Concat(d.pod.Containers, d.pod.InitContainers) {
		if slices.ContainsFunc(c.Ports, func(p corev1.ContainerPort) bool { return p.ContainerPort == d.target }) {
			return c.Name
		}
	}
	if len(d.pod.Containers) > 0 {
		return d.pod.Containers[0].Name
	}
	return ""
}

// Tunnel opens a way to a ready pod of a Service. Its errors are those of Door, or say that the right to open it is missing.
func (c *Cluster) Tunnel(ctx context.Context, namespace, name string) (*Tunnel, error) {
	door, err := c.Door(ctx, namespace, name)
	if err != nil {
		return nil, err
	}
	t := &Tunnel{Service: name, Door: door}
	if t.stream, err = c.forward(namespace, door.Pod); err != nil {
		return nil, err
	}
	return t, nil
}

// containerPort is the port of a pod that a port of its Service leads to.
func containerPort(pod corev1.Pod, port corev1.ServicePort) int32 {
	switch {
	case port.TargetPort.Type == intstr.Int && port.TargetPort.IntVal != 0:
		return port.TargetPort.IntVal
	case port.TargetPort.Type == intstr.String:
		for _, c := range slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers) {
			for _, p := range c.Ports {
				if p.Name == port.TargetPort.StrVal {
					return p.ContainerPort
				}
			}
		}
	}
	return port.Port
}

// forward asks the server for a connection to a pod: over a websocket, or, as older servers have it, over SPDY.
func (c *Cluster) forward(namespace, pod string) (httpstream.Connection, error) {
	url := c.typed.CoreV1().RESTClient().Post().Resource("pods").Namespace(namespace).Name(pod).SubResource("portforward").URL()
	config := rest.CopyConfig(c.config)
	socket, err := portforward.NewSPDYOverWebsocketDialerForStreaming(url, config)
	if err != nil {
		return nil, err
	}
	transport, upgrader, err := spdy.RoundTripperFor(config)
	if err != nil {
		return nil, err
	}
	plain := spdy.NewDialerForStreaming(upgrader, &http.Client{Transport: transport}, http.MethodPost, url)
	dialer := portforward.NewFallbackDialerForStreaming(socket, plain, func(err error) bool {
		return httpstream.IsUpgradeFailure(err) || httpstream.IsHTTPSProxyError(err)
	})
	stream, _, err := dialer.Dial(portforward.PortForwardProtocolV1Name)
	switch {
	case apierrors.IsForbidden(err) || err != nil && strings.Contains(strings.ToLower(err.Error()), "forbidden"):
		return nil, fmt.Errorf("this user may not open a connection to pod %s: it needs the verbs get and create on pods/portforward in namespace %s: %w", pod, namespace, err)
	case err != nil:
		return nil, fmt.Errorf("no connection to pod %s through the API server: %w", pod, c.advised(err))
	}
	return stream, nil
}

// Dial connects to the pod where the address is the Service's, by its port or by any other of the pod's, and to the network
// for all others.
func (t *Tunnel) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil || host != t.Service {
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	if port == strconv.Itoa(int(t.Port)) {
		port = strconv.Itoa(int(t.target))
	}
	header := http.Header{}
	header.Set(corev1.PortHeader, port)
	header.Set(corev1.PortForwardRequestIDHeader, strconv.FormatInt(t.next.Add(1), 10))
	header.Set(corev1.StreamType, corev1.StreamTypeError)
	complaints, err := t.stream.CreateStream(header)
	if err != nil {
		return nil, fmt.Errorf("the connection to pod %s is gone: %w", t.Pod, err)
	}
	_ = complaints.Close() // nothing is written to it
	header.Set(corev1.StreamType, corev1.StreamTypeData)
	data, err := t.stream.CreateStream(header)
	if err != nil {
		return nil, fmt.Errorf("the connection to pod %s is gone: %w", t.Pod, err)
	}
	near, far := net.Pipe()
	conn := &forwarded{Conn: near}
	said := make(chan struct{})
	go func() {
		defer close(said)
		text, _ := io.ReadAll(complaints) // an end in between says nothing either
		conn.complaint.Store(&complaint{string(text), port, t.Pod})
	}()
	go func() {
		_, _ = io.Copy(data, far) // its end is the connection's
		_ = data.Close()
	}()
	go func() {
		_, _ = io.Copy(far, data)
		_ = data.Reset()
		<-said // before the end of the answer shows
		_ = far.Close()
		t.stream.RemoveStreams(data, complaints)
	}()
	return conn, nil
}

// Close ends the tunnel and all connections through it.
func (t *Tunnel) Close() error { return t.stream.Close() }

// forwarded is one connection through a tunnel. Where it ends it says why, if the node did.
type forwarded struct {
	net.Conn
	complaint atomic.Pointer[complaint]
}

type complaint struct{ text, port, pod string }

func (f *forwarded) Read(p []byte) (int, error) {
	n, err := f.Conn.Read(p)
	return n, f.ended(err)
}

func (f *forwarded) Write(p []byte) (int, error) {
	n, err := f.Conn.Write(p)
	return n, f.ended(err)
}

// ended is the error of an end with what the node said of it. The end may come before anything was written or read.
func (f *forwarded) ended(err error) error {
	said := f.complaint.Load()
	switch {
	case said == nil || said.text == "" || !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrClosedPipe):
		return err
	case strings.Contains(said.text, "refused"):
		return fmt.Errorf("nothing listens on port %s of pod %s: %w", said.port, said.pod, syscall.ECONNREFUSED)
	default:
		return fmt.Errorf("port %s of pod %s: %s", said.port, said.pod, firstLine(said.text))
	}
}
