package wechat

import (
	"sync"
	"time"

	"parley/core/canon"
)

// grant is what a customer's act allows: messages within a time.
type grant struct {
	messages int
	within   time.Duration
}

// grant tells what a callback allows. 客服消息下发规则: official accounts
// https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage
// and mini-programs
// https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/customer-message/send.html
func (c *Conn) grant(p push) grant {
	if p.MsgType != "event" {
		return grant{5, 48 * time.Hour}
	}
	switch p.Event {
	case "user_enter_tempsession":
		return grant{2, time.Minute}
	case "CLICK", "scancode_push", "scancode_waitmsg", "subscribe", "SCAN":
		return grant{3, time.Minute}
	}
	return grant{}
}

// window is what is left of a customer's grants.
type window struct {
	closes time.Time
	left   int
	since  time.Time // when this was heard
}

// maxWindows bounds how many customers' windows are remembered.
const maxWindows = 20_000

// windows remembers what this process saw of the customers' windows; the
// platform alone knows for sure, and refuses with 45015 and 45047.
type windows struct {
	mu  sync.Mutex
	all map[canon.RemoteID]window
}

func (w *windows) of(peer canon.RemoteID) (window, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	x, ok := w.all[peer]
	return x, ok
}

// opened widens a window: counts do not add up, the larger one holds.
func (w *windows) opened(peer canon.RemoteID, g grant, now time.Time) {
	if g.messages == 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	x := w.all[peer]
	if !now.Before(x.closes) {
		x = window{}
	}
	x.left, x.since = max(x.left, g.messages), now
	if closes := now.Add(g.within); closes.After(x.closes) {
		x.closes = closes
	}
	w.put(peer, x)
}

// used counts a message.
func (w *windows) used(peer canon.RemoteID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if x, ok := w.all[peer]; ok && x.left > 0 {
		x.left--
		w.all[peer] = x
	}
}

// shut says that the platform takes nothing more.
func (w *windows) shut(peer canon.RemoteID, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.put(peer, window{closes: now, since: now})
}

func (w *windows) put(peer canon.RemoteID, x window) {
	if w.all == nil {
		w.all = map[canon.RemoteID]window{}
	}
	if _, known := w.all[peer]; !known && len(w.all) >= maxWindows {
		for other := range w.all { // any: what is forgotten is merely not shown
			delete(w.all, other)
			break
		}
	}
	w.all[peer] = x
}
