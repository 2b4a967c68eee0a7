package protect

// Layer is the question that a guard answers.
type Layer string

// The four layers, in the order in which they are shown.
const (
	Authentication Layer = "authentication" // is there a valid caller
	Authorization  Layer = "authorization"  // may this caller do this
	Ownership      Layer = "ownership"      // does this resource belong to this caller
	Validation     Layer = "validation"     // is the input well-formed
)

// Layers lists the layers in the order in which they are shown.
var Layers = []Layer{Authentication, Authorization, Ownership, Validation}

// Confidence says how much of a guard the analysis has seen.
type Confidence string

// The degrees of confidence: High means that every link was read or is in the
// catalogue, Medium that a link is a well-founded assumption, Low that one is a
// guess from a name.
const (
	High   Confidence = "high"
	Medium Confidence = "medium"
	Low    Confidence = "low"
)
