package core

import (
	"encoding/json"
	"time"
)

// FeedKind is what a feed entry tells.
type FeedKind string

// The kinds of feed entry.
const (
	FeedMessage      FeedKind = "message"         // new
	FeedChanged      FeedKind = "message.changed" // edited, recalled, delivered, failed, reacted
	FeedOpened       FeedKind = "conversation.opened"
	FeedAssigned     FeedKind = "conversation.assigned" // a new owner: bot, queue or agent
	FeedTransferred  FeedKind = "conversation.transferred"
	FeedClosed       FeedKind = "conversation.closed"
	FeedSnoozed      FeedKind = "conversation.snoozed"
	FeedWoken        FeedKind = "conversation.woken"   // by time, by the customer or by an agent
	FeedOverdue      FeedKind = "conversation.overdue" // a service goal was missed: told once of each
	FeedConversation FeedKind = "conversation.changed" // read, tagged, renamed, colleague added
	FeedRated        FeedKind = "conversation.rated"   // the customer said how content they are, or why
	FeedErased       FeedKind = "conversation.erased"  // for good, with all that was said
	FeedMention      FeedKind = "mention"              // a note named somebody: told to them alone
	FeedMentionsRead FeedKind = "mention.read"         // told to who read them
	FeedPreferences  FeedKind = "preferences.changed"  // told to whose they are
	FeedAgentCreated FeedKind = "agent.created"
	FeedAgentChanged FeedKind = "agent.changed"
	FeedAgentDeleted FeedKind = "agent.deleted"
	FeedAgentState   FeedKind = "agent.state"
	FeedSignedOut    FeedKind = "agent.signed_out"
	FeedContact      FeedKind = "contact.changed"
	FeedTagged       FeedKind = "contact.tagged"
	FeedUntagged     FeedKind = "contact.untagged"
	FeedMerged       FeedKind = "contact.merged"   // into another, or apart again
	FeedErasedOne    FeedKind = "contact.erased"   // for good, with all conversations
	FeedAccount      FeedKind = "account.changed"  // linked, changed, health
	FeedBulk         FeedKind = "bulk.changed"     // told to who asked for it
	FeedSettings     FeedKind = "settings.changed" // teams, tags, bots, hours, tenant
)

// FeedEntry is one numbered thing that happened in a tenant. Seq is gapless
// and ascending.
type FeedEntry struct {
	Seq          int64     `json:"seq"`
	Kind         FeedKind  `json:"kind"`
	At           time.Time `json:"at"`
	Actor        ID        `json:"actor,omitzero"` // the agent who did it
	Conversation ID        `json:"conversation,omitzero"`
	Subject      ID        `json:"subject,omitzero"` // the message, agent, contact or account it is about
	// Data is the thing as it is now; its shape follows from Kind.
	Data json.RawMessage `json:"data,omitempty"`
}
