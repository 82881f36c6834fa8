package wecom

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// nameLife is how long a customer's name is taken from the cache.
const nameLife = 24 * time.Hour

// batchSize is how many customers one call looks up (95159 获取客户基础信息).
const batchSize = 100

type customer struct {
	ID       string `json:"external_userid"`
	Nickname string `json:"nickname"`
	Avatar   string `json:"avatar"`
	UnionID  string `json:"unionid"`
}

func (c customer) peer() canon.Peer {
	p := canon.Peer{ID: canon.RemoteID(c.ID), Name: c.Nickname, Avatar: c.Avatar, Verified: true}
	if c.UnionID != "" {
		p.Also = []canon.Alias{{Kind: "unionid", ID: canon.RemoteID(c.UnionID), Verified: true}}
	}
	return p
}

// Profile looks up a customer of customer service.
func (k *kf) Profile(ctx context.Context, _ connector.Account, peer canon.RemoteID) (canon.Peer, error) {
	found, err := k.customers(ctx, []string{string(peer)})
	if err != nil {
		return canon.Peer{}, err
	}
	if len(found) == 0 {
		return canon.Peer{}, k.refusal("kf/customer/batchget", 40096, "invalid external userid")
	}
	return found[0].peer(), nil
}

func (k *kf) customers(ctx context.Context, ids []string) ([]customer, error) {
	in := struct {
		IDs []string `json:"external_userid_list"`
	}{ids}
	var out struct {
		List []customer `json:"customer_list"`
	}
	err := k.call(ctx, "kf/customer/batchget", "/cgi-bin/kf/customer/batchget", in, &out)
	return out.List, connector.Harmless(err)
}

// introduce puts names on the customers of a page. It is no condition for their
// messages: who cannot be looked up stays without a name.
func (k *kf) introduce(ctx context.Context, all []canon.Envelope) {
	known := map[string]customer{}
	var ask []string
	for _, e := range all {
		id := string(e.From.ID)
		if e.From.Ours || !e.From.Verified || slices.Contains(ask, id) {
			continue
		}
		if _, ok := known[id]; ok {
			continue
		}
		if c, ok := k.cachedName(ctx, id); ok {
			known[id] = c
		} else {
			ask = append(ask, id)
		}
	}
	for batch := range slices.Chunk(ask, batchSize) {
		found, err := k.customers(ctx, batch)
		if err != nil {
			break
		}
		for _, c := range found {
			known[c.ID] = c
			k.cacheName(ctx, c)
		}
	}
	for i, e := range all {
		if c, ok := known[string(e.From.ID)]; ok && e.From.Verified && !e.From.Ours {
			all[i].From = c.peer()
		}
	}
}

// nameKey is where a customer's name is kept; the ids of customers are each
// corporation's own.
func (k *kf) nameKey(id string) string { return "name:" + k.of + id }

func (k *kf) cachedName(ctx context.Context, id string) (c customer, ok bool) {
	if k.env.Cache == nil {
		return c, false
	}
	raw, ok, err := k.env.Cache.Get(ctx, k.nameKey(id))
	return c, err == nil && ok && json.Unmarshal([]byte(raw), &c) == nil
}

func (k *kf) cacheName(ctx context.Context, c customer) {
	if k.env.Cache == nil {
		return
	}
	raw, _ := json.Marshal(c)                                        // texts always marshal
	_ = k.env.Cache.Set(ctx, k.nameKey(c.ID), string(raw), nameLife) // asked for again otherwise
}

// Profile looks up a member, or names a group (90196 读取成员, 92122 客户群详情).
func (a *app) Profile(ctx context.Context, _ connector.Account, peer canon.RemoteID) (canon.Peer, error) {
	if chat, ok := groupOf(peer); ok {
		g, err := a.group(ctx, chat)
		return canon.Peer{ID: peer, Name: g.Name}, connector.Harmless(err)
	}
	var out struct {
		Name   string `json:"name"`
		Avatar string `json:"avatar"`
		Mobile string `json:"mobile"`
		Email  string `json:"email"`
	}
	if err := a.get(ctx, "user/get", "/cgi-bin/user/get", url.Values{"userid": {string(peer)}}, &out); err != nil {
		return canon.Peer{}, connector.Harmless(err)
	}
	p := canon.Peer{ID: peer, Name: out.Name, Avatar: out.Avatar, Phone: out.Mobile, Email: out.Email, Verified: true}
	return p, nil
}
