package api

import (
	"context"
	"strings"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

type contactNoteText struct {
	ByID
	Body noteBody
}

type contactNoteChange struct {
	ByID
	Note canon.ID `path:"note"`
	Body noteBody
}

type noteBody struct {
	Text string `json:"text" minLength:"1" maxLength:"5000"`
}

type contactNoteID struct {
	ByID
	Note canon.ID `path:"note"`
}

func (a *API) addContactNotes() {
	add(a, route{method: "GET", path: "/contacts/{id}/notes", tag: "Contacts", may: auth.ContactRead, summary: "What was written down about a contact, newest first"},
		func(ctx context.Context, c *call, in *contactRounds) (*answer[list[core.ContactNote]], error) {
			before, err := in.after("contact notes")
			if err != nil {
				return nil, err
			}
			v, err := a.contactOf(ctx, c, in.ID, "contact")
			if err != nil {
				return nil, err
			}
			all, err := c.scope.ContactNotes(ctx, v.ID, before, in.size())
			return listOf(all, in.Limit, func(n core.ContactNote) string { return cursorText("contact notes", n.ID) }), err
		})
	add(a, route{method: "POST", path: "/contacts/{id}/notes", tag: "Contacts", may: auth.ContactWrite, summary: "Write something down about a contact", status: 201},
		func(ctx context.Context, c *call, in *contactNoteText) (*answer[core.ContactNote], error) {
			text, err := noteText(in.Body.Text)
			if err != nil {
				return nil, err
			}
			v, err := a.contactOf(ctx, c, in.ID, "contact")
			if err != nil {
				return nil, err
			}
			var out core.ContactNote
			err = c.write(ctx, func(t *store.Tx) (string, error) {
				out, err = t.SaveContactNote(core.ContactNote{Contact: v.ID, Body: text}, c.by())
				return "", err
			})
			return &answer[core.ContactNote]{out}, err
		})
	add(a, route{method: "PATCH", path: "/contacts/{id}/notes/{note}", tag: "Contacts", may: auth.ContactWrite, summary: "Change a note", doc: "One's own; administrators anybody's."},
		func(ctx context.Context, c *call, in *contactNoteChange) (*answer[core.ContactNote], error) {
			text, err := noteText(in.Body.Text)
			if err != nil {
				return nil, err
			}
			var out core.ContactNote
			err = a.ownNote(ctx, c, in.ID, in.Note, func(t *store.Tx, n core.ContactNote) error {
				n.Body = text
				out, err = t.SaveContactNote(n, c.by())
				return err
			})
			return &answer[core.ContactNote]{out}, err
		})
	add(a, route{method: "DELETE", path: "/contacts/{id}/notes/{note}", tag: "Contacts", may: auth.ContactWrite, summary: "Delete a note", doc: "One's own; administrators anybody's.", status: 204},
		func(ctx context.Context, c *call, in *contactNoteID) (*none, error) {
			return nil, a.ownNote(ctx, c, in.ID, in.Note, func(t *store.Tx, n core.ContactNote) error { return t.DeleteContactNote(n, c.by()) })
		})
}

func noteText(s string) (string, error) {
	if s = strings.TrimSpace(s); s == "" {
		return "", core.Invalid("empty", "body.text", connector.Text{EN: "This is empty.", ZH: "不能为空。"}, connector.Text{EN: "Write something.", ZH: "请填写内容。"})
	}
	return s, nil
}

// ownNote changes a note of the caller's own, or anybody's where the role
// allows it.
func (a *API) ownNote(ctx context.Context, c *call, contact, id canon.ID, do func(t *store.Tx, n core.ContactNote) error) error {
	v, err := a.contactOf(ctx, c, contact, "contact")
	if err != nil {
		return err
	}
	return c.write(ctx, func(t *store.Tx) (string, error) {
		n, err := t.ContactNote(ctx, v.ID, id)
		if err != nil {
			return "", err
		}
		if (n.Author.IsZero() || n.Author != c.who.Agent) && !c.who.Can(auth.NoteWrite) {
			return "", &core.Fault{Kind: core.FaultForbidden, Code: "not_author",
				Text:   connector.Text{EN: "Somebody else wrote this note.", ZH: "这条备注由他人撰写。"},
				Remedy: connector.Text{EN: "Ask them or an administrator, or write a note of your own.", ZH: "请联系作者或管理员，或另写一条备注。"}}
		}
		return "", do(t, n)
	})
}
