package hub

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/google/go-github/v60/github"
)

// Delivery is one attempt of GitHub's to deliver an event to the App. Attempts
// of the same event have the same GUID.
type Delivery struct {
	ID   int64
	GUID string
	At   time.Time
	OK   bool // the App took it
}

// Deliveries lists a page of the App's deliveries, newest first, and the cursor
// of the next page, empty after the last.
func (h *Hub) Deliveries(ctx context.Context, cursor string) (list []Delivery, next string, err error) {
	got, response, err := h.newClient(h.appTransport(0)).Apps.ListHookDeliveries(ctx, &github.ListCursorOptions{Cursor: cursor, PerPage: perPage})
	if err != nil {
		return nil, "", h.failure("list the App's deliveries", err)
	}
	for _, d := range got {
		list = append(list, Delivery{
			ID: d.GetID(), GUID: d.GetGUID(), At: d.GetDeliveredAt().Time,
			OK: d.GetStatusCode() >= http.StatusOK && d.GetStatusCode() < http.StatusBadRequest,
		})
	}
	return list, response.Cursor, nil
}

// Redeliver asks GitHub to deliver again.
func (h *Hub) Redeliver(ctx context.Context, id int64) error {
	_, _, err := h.newClient(h.appTransport(0)).Apps.RedeliverHookDelivery(ctx, id)
	var accepted *github.AcceptedError
	if err == nil || errors.As(err, &accepted) {
		return nil
	}
	return h.failure("ask for a redelivery", err)
}
