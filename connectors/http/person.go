package http

import (
	"fmt"
	"net/netip"
	"unicode/utf8"

	"parley/core/canon"
)

// The limits of what is told of a person and their device.
const (
	maxFact   = 4000 // characters
	maxTrail  = 200  // pages before the chat, and answers given there
	maxPhone  = 100  // characters: written as people write them, with words
	maxAlso   = 20
	phoneKind = "phone"
)

// acceptPerson takes a phone number the application vouches for as another name
// of the person: the signature of the callback is its word.
func acceptPerson(p *canon.Peer) *Problem {
	switch {
	case utf8.RuneCountInString(p.Phone) > maxPhone:
		return bad("from.phone", fmt.Sprintf("A phone number may have %d characters at most.", maxPhone))
	case len(p.Also) > maxAlso:
		return bad("from.also", fmt.Sprintf("Give %d other names of a person at most.", maxAlso))
	}
	for i, a := range p.Also {
		if a.Kind == "" || a.ID == "" || len(a.Kind) > maxID || len(a.ID) > maxID {
			return bad(fmt.Sprintf("from.also[%d]", i), "Another name needs its kind and id, of 255 bytes at most.")
		}
	}
	if p.Phone == "" || !p.Verified {
		return nil
	}
	for _, a := range p.Also {
		if a.Kind == phoneKind {
			return nil
		}
	}
	p.Also = append(p.Also, canon.Alias{Kind: phoneKind, ID: canon.RemoteID(p.Phone), Verified: true})
	return nil
}

// acceptVisit holds what is told of a device or a visit to a length people read.
func acceptVisit(v *canon.Visit) *Problem {
	if v == nil {
		return nil
	}
	if v.Address != "" {
		if _, err := netip.ParseAddr(v.Address); err != nil {
			return bad("visit.address", "Write the network address of the device as it is: 203.0.113.7 or 2001:db8::7.")
		}
	}
	if len(v.Trail) > maxTrail || len(v.Answers) > maxTrail {
		return bad("visit", fmt.Sprintf("Tell of %d pages and %d answers at most.", maxTrail, maxTrail))
	}
	for name, fact := range map[string]string{
		"browser": v.Browser, "system": v.System, "device": v.Device, "model": v.Model, "carrier": v.Carrier, "app": v.App,
		"language": v.Language, "time_zone": v.TimeZone, "screen": v.Screen, "title": v.Title, "engine": v.Engine, "keyword": v.Keyword,
	} {
		if utf8.RuneCountInString(fact) > maxFact {
			return bad("visit."+name, fmt.Sprintf("It may have %d characters at most.", maxFact))
		}
	}
	return nil
}
