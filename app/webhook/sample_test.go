package webhook

import (
	"encoding/json"
	"testing"

	"github.com/authdiff/authdiff/app/job"
	"github.com/authdiff/authdiff/app/sandbox/openapi"
)

// The payloads that GitHub publishes as samples are understood.
func TestDecidePublishedSamples(t *testing.T) {
	t.Parallel()
	openapi.ForTest(t)
	asks := map[string]bool{
		"opened": true, "synchronize": true, "reopened": true, "ready_for_review": true, "edited": false,
		"closed": false, "labeled": false, "assigned": false, "converted_to_draft": false,
	}
	decided := 0
	for action, want := range asks {
		samples, err := openapi.Samples("pull_request", action)
		if err != nil {
			t.Fatal(err)
		}
		for _, sample := range samples {
			// Most samples are of a repository's own webhook; the App's name the
			// installation.
			sample["installation"] = map[string]any{"id": 7}
			body, err := json.Marshal(sample)
			if err != nil {
				t.Fatal(err)
			}
			d, err := Decide("pull_request", body)
			if err != nil || (d.Job != nil) != want {
				t.Errorf("%s: %+v, %v", action, d, err)
				continue
			}
			decided++
			if j, ok := d.Job.(job.ReviewPull); want && (!ok || j.Owner == "" || j.RepoID == 0 || j.HeadSHA == "" || j.BaseRef == "" || j.UpdatedAt.IsZero()) {
				t.Errorf("%s: the job is %+v", action, d.Job)
			}
		}
	}
	if decided < 5 {
		t.Errorf("only %d samples were found", decided)
	}
}
