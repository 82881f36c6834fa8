package auth

import (
	"slices"

	"parley/core"
)

// Permission is one thing a role may do, as the API document names it.
type Permission string

// The permissions. A write permission implies nothing: roles list what they
// have.
const (
	// Public needs nobody to be signed in.
	Public Permission = "public"
	// Self is a signed-in person about their own profile and sessions; tokens
	// do not have it.
	Self Permission = "self"
	// Signed is anybody who proved who they are, person or program.
	Signed Permission = "signed"

	TenantRead  Permission = "tenant.read"
	TenantWrite Permission = "tenant.write"

	AccountRead  Permission = "account.read"
	AccountWrite Permission = "account.write"
	LinkRead     Permission = "link.read" // forms without their secrets
	LinkWrite    Permission = "link.write"
	TroubleRead  Permission = "trouble.read" // dead letters, unrouted arrivals, raw callbacks, traces
	TroubleWrite Permission = "trouble.write"

	ContactList  Permission = "contact.list"
	ContactRead  Permission = "contact.read"
	ContactWrite Permission = "contact.write"
	ContactMerge Permission = "contact.merge" // two into one, and apart again
	ContactTable Permission = "contact.table" // all of them out of the house and in again
	Erase        Permission = "erase"         // contacts and conversations, for good
	NoteWrite    Permission = "note.write"    // what others wrote down about contacts

	AttributeWrite Permission = "attribute.write"

	ConversationRead   Permission = "conversation.read"
	ConversationReply  Permission = "conversation.reply"
	ConversationAssign Permission = "conversation.assign"
	ConversationAll    Permission = "conversation.all" // not only one's own and own teams'
	AddressRead        Permission = "address.read"     // network addresses of visitors, where the tenant hides them

	TeamRead     Permission = "team.read"
	TeamWrite    Permission = "team.write"
	AgentRead    Permission = "agent.read"
	AgentWrite   Permission = "agent.write"
	AgentState   Permission = "agent.state" // whether others take conversations
	OwnerWrite   Permission = "owner.write" // make, change and remove owners
	RoutingRead  Permission = "routing.read"
	RoutingWrite Permission = "routing.write"
	HoursRead    Permission = "hours.read"
	HoursWrite   Permission = "hours.write"
	TagRead      Permission = "tag.read"
	TagWrite     Permission = "tag.write"
	BlockRead    Permission = "block.read"
	BlockWrite   Permission = "block.write"
	CannedRead   Permission = "canned.read"
	CannedWrite  Permission = "canned.write" // one's own
	CannedShare  Permission = "canned.share" // everybody's
	ViewWrite    Permission = "view.write"   // one's own
	ViewShare    Permission = "view.share"   // shared ones
	TokenRead    Permission = "token.read"
	TokenWrite   Permission = "token.write"
	AuditRead    Permission = "audit.read"

	BotRead    Permission = "bot.read"
	BotWrite   Permission = "bot.write"
	BotPublish Permission = "bot.publish"

	FileRead  Permission = "file.read"
	FileWrite Permission = "file.write"
	EventRead Permission = "event.read"

	// Act lets a token speak and work as an agent it names.
	Act Permission = "act"
)

var (
	limited = []Permission{
		Signed, TenantRead, AccountRead, ContactRead, ContactWrite, ConversationRead, ConversationReply, ConversationAssign,
		TeamRead, AgentRead, HoursRead, TagRead, CannedRead, CannedWrite, ViewWrite, FileRead, FileWrite, EventRead, BlockWrite,
	}
	agent      = join(limited, ContactList, ContactMerge, ConversationAll, BlockRead, RoutingRead, BotRead)
	supervisor = join(agent, AgentState, TeamWrite, RoutingWrite, HoursWrite, TagWrite, NoteWrite, CannedShare, ViewShare, AddressRead)
	designer   = []Permission{
		Signed, TenantRead, AccountRead, ContactRead, ConversationRead, ConversationAll, TeamRead, AgentRead, HoursRead, TagRead, RoutingRead,
		CannedRead, ViewWrite, FileRead, FileWrite, EventRead, BotRead, BotWrite, BotPublish,
	}
	admin = join(supervisor,
		TenantWrite, AccountWrite, LinkRead, LinkWrite, TroubleRead, TroubleWrite, AgentWrite,
		ContactTable, Erase, AttributeWrite, TokenRead, TokenWrite, AuditRead, BotWrite, BotPublish, Act)
	owner = join(admin, OwnerWrite)
	bot   = []Permission{
		Signed, TenantRead, AccountRead, ContactRead, ConversationRead, ConversationReply, ConversationAssign, ConversationAll,
		TeamRead, AgentRead, HoursRead, TagRead, FileRead, FileWrite, EventRead,
	}
)

func join(base []Permission, more ...Permission) []Permission {
	return slices.Concat(base, more)
}

// of is what a role may do.
func of(r core.Role) []Permission {
	switch r {
	case core.RoleOwner:
		return owner
	case core.RoleAdmin:
		return admin
	case core.RoleSupervisor:
		return supervisor
	case core.RoleAgent:
		return agent
	case core.RoleLimited:
		return limited
	case core.RoleDesigner:
		return designer
	case core.RoleBot:
		return bot
	}
	return nil
}

// Permissions lists what a role may do, besides Public; people have Self too.
func Permissions(r core.Role) []Permission { return slices.Clone(of(r)) }

// All lists every permission there is.
func All() []Permission {
	return append([]Permission{Public, Self}, owner...)
}

// Can reports whether a role has a permission.
func Can(r core.Role, p Permission) bool { return p == Public || slices.Contains(of(r), p) }

// Within reports whether role r may be given out by somebody of role by: never
// more than they have themselves.
func Within(r, by core.Role) bool {
	for _, p := range Permissions(r) {
		if !Can(by, p) {
			return false
		}
	}
	return Permissions(r) != nil
}
