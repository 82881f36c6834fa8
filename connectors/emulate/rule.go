package emulate

// Rule is one thing a platform insists on. Every emulator has a table of them,
// and a test that breaks each once and sees the refusal.
type Rule struct {
	Name string // short, unique in its platform: "signature", "text too long"
	Says string // the rule in one sentence
	Doc  string // the platform's document it comes from: title or address
	Code string // the platform's error code, as it stands in the answer
}
