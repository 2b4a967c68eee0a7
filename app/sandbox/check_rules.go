package sandbox

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// What GitHub holds a check run to, from its REST reference and, for the number
// of actions, from its answers.
const (
	maxAnnotations = 50 // in one request
	maxOutput      = 65535
	maxActions     = 3
	maxAnnotation  = 64 << 10 // of an annotation's message and details, in bytes
	maxTitle       = 255
)

var (
	statuses    = []string{"queued", "in_progress", "completed"}
	conclusions = []string{"action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out"}
	levelNames  = []string{"notice", "warning", "failure"}
)

// validate refuses what the reference rules out: a value that is none of a field's,
// a completed run without a conclusion, too many buttons.
// https://docs.github.com/en/rest/checks/runs#create-a-check-run
func (in checkInput) validate() error {
	switch {
	case in.Status != nil && !slices.Contains(statuses, *in.Status):
		return invalidRequest("%s is not a member of %v.", *in.Status, statuses)
	case in.Conclusion != nil && !slices.Contains(conclusions, *in.Conclusion):
		return invalidRequest("%s is not a member of %v.", *in.Conclusion, conclusions)
	case in.Status != nil && *in.Status == "completed" && in.Conclusion == nil:
		return invalidRequest(`"conclusion" wasn't supplied.`)
	case in.DetailsURL != nil && !strings.HasPrefix(*in.DetailsURL, "http://") && !strings.HasPrefix(*in.DetailsURL, "https://"):
		return invalidField("CheckRun", "details_url", "details_url must use http or https scheme")
	case len(in.Actions) > maxActions:
		return invalidRequest("No more than %d items are allowed; %d were supplied.", maxActions, len(in.Actions))
	}
	for _, a := range in.Actions {
		if err := a.validate(); err != nil {
			return err
		}
	}
	return in.Output.validate()
}

// validate holds a button to the lengths of the reference.
// https://docs.github.com/en/rest/checks/runs#create-a-check-run (actions)
func (a Action) validate() error {
	for _, field := range []struct {
		name, value string
		longest     int
	}{{"label", a.Label, 20}, {"description", a.Description, 40}, {"identifier", a.Identifier, 20}} {
		if field.value == "" {
			return invalidRequest("%q wasn't supplied.", field.name)
		}
		if utf8.RuneCountInString(field.value) > field.longest {
			return invalidRequest("%q: only %d characters are allowed.", field.name, field.longest)
		}
	}
	return nil
}

// validate holds the output to "Maximum length: 65535 characters" and to "a maximum
// of 50 annotations per API request".
// https://docs.github.com/en/rest/checks/runs#create-a-check-run (output)
func (o *checkOutput) validate() error {
	switch {
	case o == nil:
		return nil
	case o.Summary == nil:
		return invalidRequest(`"summary" wasn't supplied.`)
	case utf8.RuneCountInString(*o.Summary) > maxOutput:
		return invalidRequest("Only %d characters are allowed in summary.", maxOutput)
	case o.Text != nil && utf8.RuneCountInString(*o.Text) > maxOutput:
		return invalidRequest("Only %d characters are allowed in text.", maxOutput)
	case len(o.Annotations) > maxAnnotations:
		return invalidRequest("No more than %d items are allowed; %d were supplied.", maxAnnotations, len(o.Annotations))
	}
	for _, a := range o.Annotations {
		if err := a.validate(); err != nil {
			return err
		}
	}
	return nil
}

// validate holds an annotation to what is required of it, and to its lengths:
// "The maximum size is 64 KB", "The maximum size is 255 characters".
// https://docs.github.com/en/rest/checks/runs#create-a-check-run (output.annotations)
func (a Annotation) validate() error {
	switch {
	case a.Path == "" || a.Message == "" || a.StartLine == 0 || a.EndLine == 0:
		return invalidRequest("An annotation needs path, start_line, end_line, annotation_level and message.")
	case a.StartLine < 0 || a.EndLine < a.StartLine:
		return invalidRequest("end_line must not lie before start_line.")
	case !slices.Contains(levelNames, a.Level):
		return invalidRequest("%s is not a member of %v.", a.Level, levelNames)
	case a.StartLine != a.EndLine && (a.StartColumn != 0 || a.EndColumn != 0):
		return invalidRequest("Columns are for annotations of one line.")
	case len(a.Message) > maxAnnotation || len(a.RawDetails) > maxAnnotation:
		return invalidRequest("message and raw_details hold %d bytes at most.", maxAnnotation)
	case utf8.RuneCountInString(a.Title) > maxTitle:
		return invalidRequest("title holds %d characters at most.", maxTitle)
	}
	return nil
}
