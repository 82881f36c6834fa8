package hub_test

import (
	"context"
	"testing"

	"parley/core/canon"
	"parley/core/connector"
	"parley/core/orchestrate"
)

// offering is a bot that offers two things and says which value it was given.
func offering(r *rig) {
	r.act = func(_ context.Context, t orchestrate.Turn, _ func(string)) (orchestrate.Answer, error) {
		if t.Cause == orchestrate.CauseAction {
			return says("value " + t.Value), nil
		}
		return orchestrate.Answer{Messages: []canon.Message{{Parts: []canon.Part{canon.Choices{Style: canon.ChoiceButtons, Prompt: "What is it about?", Options: []canon.Option{
			{Kind: canon.OptionReply, Label: "Delivery", Value: "delivery"}, {Kind: canon.OptionReply, Label: "Returns", Value: "returns"},
		}}}}}}, nil
	}
}

func (r *rig) taken(peer string) string {
	for _, m := range r.messages(peer) {
		for _, p := range m.Content.Parts {
			if c, ok := p.(canon.Choices); ok && c.Taken != "" {
				return c.Taken
			}
		}
	}
	return ""
}

func TestANumberComesBackAsTheOptionWhereMenusAreNumbered(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRigWith(t, url, "acted", func(r *rig) {
			offering(r)
			r.p.tune = func(key canon.ThreadKey, c *connector.Capabilities) {
				if key.Peer != "shown" {
					c.Parts["choices.buttons"] = connector.Degrade
				}
			}
		})
		for _, answer := range []string{"2", " ２。", "returns"} {
			peer := "numbered " + answer
			r.send(peer, "hello")
			r.seesText(peer, "What is it about?\n1. Delivery\n2. Returns")
			r.send(peer, answer)
			r.seesText(peer, "What is it about?\n1. Delivery\n2. Returns", "value returns")
			eventually(t, "the option is marked", func() bool { return r.taken(peer) == "returns" })
		}
		// Where the buttons were shown, a number is only a number.
		r.send("shown", "hello")
		eventually(t, "the menu is there", func() bool { return len(r.p.texts("shown")) == 1 })
		r.send("shown", "2")
		eventually(t, "it is offered again", func() bool { return len(r.p.texts("shown")) == 2 })
		if got := r.p.texts("shown")[1]; got == "value returns" {
			t.Fatal("a number was taken for a press")
		}
	})
}

func TestAPressedOptionIsMarkedOnItsMessage(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRigWith(t, url, "acted", offering)
		r.send("ida", "hello")
		eventually(t, "the menu is there", func() bool { return len(r.p.texts("ida")) == 1 })
		if code := r.deliver(r.event("ida", canon.Action{Kind: canon.ActionButton, Value: "delivery", Label: "Delivery"})); code != 200 {
			t.Fatal(code)
		}
		eventually(t, "the option is marked", func() bool { return r.taken("ida") == "delivery" })
		eventually(t, "the bot was asked", func() bool { s := r.p.texts("ida"); return s[len(s)-1] == "value delivery" })
	})
}

func TestAPressThatBringsBackItsWordsAloneIsTheOptionOfTheseWords(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRigWith(t, url, "acted", offering)
		r.send("una", "hello")
		eventually(t, "the menu is there", func() bool { return len(r.p.texts("una")) == 1 })
		if code := r.deliver(r.event("una", canon.Action{Kind: canon.ActionButton, Label: "Returns"})); code != 200 {
			t.Fatal(code)
		}
		eventually(t, "the bot was asked", func() bool { s := r.p.texts("una"); return s[len(s)-1] == "value returns" })
	})
}

func TestAReceiptMayNameOurMessage(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		r.send("joe", "hello")
		m := r.inState("joe", "you said hello", canon.Sent)
		if code := r.deliver(r.event("joe", canon.Receipt{Target: canon.RemoteID(m.ID.String()), State: canon.Read})); code != 200 {
			t.Fatal(code)
		}
		r.inState("joe", "you said hello", canon.Read)
	})
}
