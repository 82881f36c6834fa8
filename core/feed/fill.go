package feed

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

// fill puts into entries the things they are about, as they are now. What was
// erased since leaves its entry without data: a tombstone.
func fill(ctx context.Context, scope store.Scope, entries []core.FeedEntry) ([]*Item, error) {
	var messages, conversations, contacts []canon.ID
	for _, e := range entries {
		conversations = append(conversations, e.Conversation)
		switch e.Kind {
		case core.FeedMessage, core.FeedChanged, core.FeedMention:
			messages = append(messages, e.Subject)
		case core.FeedContact, core.FeedTagged, core.FeedUntagged:
			contacts = append(contacts, e.Subject)
		}
	}
	foundMessages, err := scope.MessagesByID(ctx, messages)
	if err != nil {
		return nil, err
	}
	byMessage := make(map[canon.ID]*core.Message, len(foundMessages))
	for i := range foundMessages {
		m := &foundMessages[i]
		byMessage[m.ID] = m
		conversations = append(conversations, m.Conversation)
	}
	foundConvs, err := scope.ConversationsByID(ctx, conversations)
	if err != nil {
		return nil, err
	}
	byConv := make(map[canon.ID]*core.Conversation, len(foundConvs))
	for i := range foundConvs {
		c := &foundConvs[i]
		c.Visit = nil // long, masked by role, and read with the conversation itself
		byConv[c.ID] = c
	}
	foundContacts, err := scope.WholeContacts(ctx, contacts)
	if err != nil {
		return nil, err
	}
	byContact := make(map[canon.ID]core.Contact, len(foundContacts))
	for _, c := range foundContacts {
		byContact[c.ID] = c
	}
	out := make([]*Item, len(entries))
	for i, e := range entries {
		data := map[string]any{}
		conv := byConv[e.Conversation]
		var about *core.Message
		if m := byMessage[e.Subject]; m != nil && (e.Kind == core.FeedMessage || e.Kind == core.FeedChanged || e.Kind == core.FeedMention) {
			data["message"] = m
			about = m
			if conv == nil {
				conv = byConv[m.Conversation]
				entries[i].Conversation = m.Conversation
			}
		}
		if conv != nil {
			data["conversation"] = conv
		}
		if c, ok := byContact[e.Subject]; ok && strings.HasPrefix(string(e.Kind), "contact.") {
			if e.Kind != core.FeedContact && len(e.Data) > 0 { // with which tag
				if err := json.Unmarshal(e.Data, &data); err != nil {
					return nil, fmt.Errorf("decode feed entry %d: %w", e.Seq, err)
				}
			}
			data["contact"] = c
		}
		if len(data) > 0 {
			body, err := json.Marshal(data)
			if err != nil {
				return nil, fmt.Errorf("encode feed entry %d: %w", e.Seq, err)
			}
			entries[i].Data = body
		}
		out[i] = &Item{Entry: &entries[i], Conversation: conv, Message: about}
	}
	return out, nil
}
