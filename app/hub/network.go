package hub

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Bounds of one exchange with GitHub. The largest answers that the App asks for
// are trees (GitHub cuts them at 7 MB) and blobs of MaxFileSize in base64.
const (
	requestTimeout = time.Minute
	headerTimeout  = 30 * time.Second
	maxBody        = 64 << 20
	maxRedirects   = 5
)

// newNetwork returns the transport below all clients: one pool of connections,
// bounded answers.
func newNetwork() http.RoundTripper {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = headerTimeout
	transport.MaxIdleConnsPerHost = 2 * blobsAtATime
	return bounded{transport}
}

// bounded cuts off an answer that is longer than maxBody, with an error.
type bounded struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := b.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	response.Body = &boundedBody{ReadCloser: response.Body, left: maxBody}
	return response, nil
}

type boundedBody struct {
	io.ReadCloser
	left int64
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, fmt.Errorf("the answer is longer than %d bytes", maxBody)
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	b.left -= int64(n)
	return n, err
}

// sameHost follows GitHub's redirects of renamed repositories, and no further:
// the token goes wherever the client goes.
func sameHost(request *http.Request, via []*http.Request) error {
	if len(via) >= maxRedirects {
		return errors.New("too many redirects")
	}
	first := via[0].URL
	if request.URL.Host != first.Host || request.URL.Scheme != first.Scheme {
		return fmt.Errorf("refused a redirect from %s to another host", first.Host)
	}
	return nil
}
