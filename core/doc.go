// Package core names the things the hub keeps: tenants, agents, teams, links,
// accounts, contacts, threads, conversations, messages. It holds their shapes
// and the small rules that belong to one of them alone.
//
// It never stores, sends or routes anything: core/store keeps these things,
// and the packages beside it move them.
package core
