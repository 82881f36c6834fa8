package played_test

import (
	"testing"

	"parley/core"
	"parley/core/canon"
)

// TestMeta_WhoChangesTheirNumberIsStillTheSame: WhatsApp tells that a customer has
// another number, and what they write from it goes on in their conversation.
func TestMeta_WhoChangesTheirNumberIsStillTheSame(t *testing.T) {
	t.Parallel()
	r := newMeta(t, metaChannels()["whatsapp"])
	r.toPerson()
	before := r.conversation()
	r.p.ChangesNumber(r.c.customer, "12195555358")
	r.ID = "12195555358"
	r.Until("the new number is theirs", func() bool { talk, ok := r.Talk(); return ok && talk.ID == before.ID })
	r.Says("my new number")
	r.hears("what they write from it", func(m core.Message) bool { return m.Content.Plain() == "my new number" })
	if after := r.conversation(); after.ID != before.ID || after.Contact != before.Contact {
		t.Errorf("another conversation: %s of %s, before %s of %s", after.ID, after.Contact, before.ID, before.Contact)
	}
	r.alone()
	r.post(canon.ID{}, canon.Text{Body: "and we write to it"})
	r.Sees("and we write to it")
}
