package review

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/report"
	"github.com/authdiff/authdiff/checks/settings"
)

const (
	// maxBody keeps a body, in bytes, below what GitHub takes (65,536
	// characters), with room for the markers.
	maxBody = 62_000
	// maxLinkedPath leaves longer paths, which no real repository has, without
	// an address, since a name can be thousands of bytes.
	maxLinkedPath = 400
	// maxSuggestion is the longest guard, in bytes, that is offered for
	// restoring with a click.
	maxSuggestion = 4_000
)

// group is findings of one endpoint at one place: one comment.
type group struct {
	places   []place // in order of preference
	endpoint endpoint.Ref
	findings []compare.Finding
}

// review is the review of this push: comments for new findings, and in its body
// what has no line, or no room. Nil when nothing is new.
func (c composer) review() *Review {
	groups, offDiff := c.newFindings()
	room := min(len(groups), max(0, c.Settings.MaxComments-len(c.told.comments)))
	var comments []Comment
	for _, g := range groups[:room] {
		comments = append(comments, c.comment(g))
	}
	var crowded []compare.Finding
	for _, g := range groups[room:] {
		crowded = append(crowded, g.findings...)
	}
	if c.told.rest { // a review had no room for all of them once: the check has
		offDiff, crowded = nil, nil
	}
	if len(comments)+len(offDiff)+len(crowded) == 0 {
		return nil
	}
	return &Review{Event: "COMMENT", Body: c.reviewBody(offDiff, crowded), Comments: comments}
}

// newFindings groups the findings that the pull request doesn't show yet, in the
// result's order; offDiff are those that the diff has no file for.
func (c composer) newFindings() (groups []group, offDiff []compare.Finding) {
	type key struct {
		place
		endpoint endpoint.Ref
	}
	index, seen := map[key]int{}, map[string]bool{}
	for _, f := range c.Result.Findings {
		if c.told.told[f.Fingerprint] || seen[f.Fingerprint] {
			continue
		}
		seen[f.Fingerprint] = true
		places := c.diff.places(f)
		if len(places) == 0 {
			offDiff = append(offDiff, f)
			continue
		}
		k := key{places[0], f.Endpoint}
		if i, ok := index[k]; ok && c.fits(append(groups[i].findings, f)) {
			groups[i].findings = append(groups[i].findings, f)
			continue
		}
		index[k] = len(groups)
		groups = append(groups, group{places: places, endpoint: f.Endpoint, findings: []compare.Finding{f}})
	}
	return groups, offDiff
}

func (c composer) fits(findings []compare.Finding) bool {
	return len(c.sections(findings, "")) <= maxBody
}

// comment is the group's comment at its best place, with the others behind it.
func (c composer) comment(g group) Comment {
	hidden := c.Signer.lines(findingMarkers(g.findings))
	plain := hidden + c.sections(g.findings, "") + c.footer()
	var at []Comment
	for _, p := range g.places {
		one := Comment{Path: p.path, Side: p.side, Line: p.line, File: p.file, Body: plain}
		if restore := c.suggest(g, p); restore != "" {
			one.Body = hidden + c.sections(g.findings, restore) + c.footer()
			if f := g.findings[0]; f.Side == compare.Head && f.EndLine > f.Line {
				one.StartLine, one.Line = f.Line, f.EndLine
			}
		}
		at = append(at, one)
	}
	at[0].Else = at[1:]
	return at[0]
}

// footer says how a finding that is meant to be can be accepted.
func (c composer) footer() string {
	if c.Settings.Exceptions.By == settings.Nobody {
		return ""
	}
	who := "Somebody else with write access"
	if c.Settings.Exceptions.Author {
		who = "Somebody with write access"
	}
	return "\n<sub>Meant to be like this? " + who + " can reply `/authdiff accept REASON`.</sub>\n"
}

func findingMarkers(findings []compare.Finding) []marker {
	var list []marker
	for _, f := range findings {
		list = append(list, marker{kind: kindFinding, value: f.Fingerprint})
	}
	return list
}

// sections are the findings in full, one below the other. Addresses are left
// out where they would make the text too long. No quoted text in it holds the
// words that open the kept text of an edited comment.
func (c composer) sections(findings []compare.Finding, restore string) string {
	render := func(places report.Places) string {
		parts := make([]string, len(findings))
		for i, f := range findings {
			parts[i] = report.FindingMarkdown(f, places, restore)
		}
		return strings.ReplaceAll(strings.Join(parts, "\n---\n\n"), keptSummary, "<summary>")
	}
	if text := render(c.address); len(text) <= maxBody {
		return text
	}
	return render(nil)
}

// reviewBody says what the push brought, and lists what has no comment.
func (c composer) reviewBody(offDiff, crowded []compare.Finding) string {
	listed := append(append([]compare.Finding{}, offDiff...), crowded...)
	var top strings.Builder
	for i, f := range listed {
		if top.Len() > maxBody/3 {
			top.WriteString(c.Signer.line(marker{kind: kindRest, value: strconv.Itoa(len(listed) - i)}))
			break
		}
		top.WriteString(c.Signer.line(marker{kind: kindFinding, value: f.Fingerprint}))
	}
	fmt.Fprintf(&top, "**authdiff:** %s. The check run has the details.\n", report.Conclusion(c.Result))
	if len(listed) == 0 {
		return top.String()
	}
	fmt.Fprintf(&top, "\n%s:\n\n", c.whyListed(len(offDiff), len(crowded)))
	text, left := fit(c.listItems(listed), maxBody-top.Len())
	return top.String() + text + leftOut(left)
}

func (c composer) whyListed(offDiff, crowded int) string {
	switch {
	case crowded == 0:
		return "Not on this diff"
	case offDiff == 0:
		return fmt.Sprintf("Without a comment of their own, since a pull request gets at most %d", c.Settings.MaxComments)
	}
	return fmt.Sprintf("Without a comment of their own (not on this diff, or over the %d that a pull request gets)", c.Settings.MaxComments)
}

// listItems are findings as list items, long and short.
func (c composer) listItems(findings []compare.Finding) [][]string {
	var items [][]string
	for _, f := range findings {
		items = append(items, []string{
			"- " + report.FindingLine(f, c.address) + "\n",
			"- " + report.FindingLine(f, nil) + "\n",
			"- " + shortest(f) + "\n",
		})
	}
	return items
}

func shortest(f compare.Finding) string {
	return string(f.Severity) + " " + report.Code(report.Clip(f.Fingerprint, 64))
}

var (
	repository = regexp.MustCompile(`^https?://[A-Za-z0-9.:-]+(/[A-Za-z0-9._~-]+)+$`)
	commit     = regexp.MustCompile(`^[0-9a-f]{7,64}$`)
)

// address is the page of GitHub that shows the place for ever.
func (c composer) address(side compare.Side, path string, line, endLine int) string {
	sha := c.HeadSHA
	if side == compare.Base {
		sha = c.BaseSHA
	}
	if !repository.MatchString(c.RepoURL) || !commit.MatchString(sha) || path == "" || len(path) > maxLinkedPath {
		return ""
	}
	page, err := url.JoinPath(c.RepoURL, "blob", sha)
	if err != nil {
		return ""
	}
	page += "/" + report.PathURI(path)
	if line > 0 {
		page += fmt.Sprintf("#L%d", line)
		if endLine > line {
			page += fmt.Sprintf("-L%d", endLine)
		}
	}
	return page
}
