package hub

import (
	"context"
	"time"

	"parley/core/connector"
)

// pulseTime bounds one pulse.
const pulseTime = 15 * time.Second

// redAfter is how many pulses in a row fail before a light is red for a platform
// that does not answer.
const redAfter = 2

// feel keeps asking a platform whether a link still holds, and turns the light
// by it, also where nobody writes.
func (l *openLink) feel(ctx context.Context, p connector.Pulse) {
	t := time.NewTicker(l.hub.pulseEvery)
	defer t.Stop()
	for {
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
		err := connector.AsError(guarded(ctx, pulseTime, p.Pulse))
		if ctx.Err() != nil {
			return
		}
		l.hub.notePulse(l, err)
	}
}

// notePulse turns the light by how a pulse went.
func (h *Hub) notePulse(l *openLink, e *connector.Error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	m := h.mood(l.tenant, l.id)
	if e == nil {
		if m.pulse != nil {
			h.mended(l.id)
		}
		passed := m.failing && m.said != nil && m.said.Health == connector.HealthPoor
		if well := m.pulse != nil || m.said == nil || passed; well {
			m.pulse, m.failing = nil, m.failing && !passed
			m.say(m.best(h.o.Store.Now()))
		}
		m.missed = 0
		return
	}
	m.missed++
	s := connector.State{Health: connector.HealthPoor, Code: "away", At: h.o.Store.Now(), Text: e.Shown,
		Remedy: connector.Text{EN: "Nothing to do yet: the platform is asked again by itself.", ZH: "暂不需要处理，系统会自动重试。"}}
	if s.Text.EN == "" {
		s.Text = connector.Text{EN: "The platform does not answer.", ZH: "平台没有应答。"}
	}
	switch {
	case e.Class == connector.NeedsLogin || e.Class == connector.Invalid:
		s.Health, s.Code = connector.HealthBad, "refused"
		s.Remedy = connector.Text{EN: "Check the credentials of this account and save.", ZH: "请检查该账号的凭据并重新保存。"}
	case e.Class == connector.RateLimited:
		return // it answers
	case m.missed >= redAfter:
		s.Health = connector.HealthBad
		s.Remedy = connector.Text{EN: "Look whether the platform has an outage, and check the hub's way to it. Messages are kept and sent once it answers.",
			ZH: "请确认平台是否故障，并检查系统到平台的网络。消息会保留，恢复后自动发送。"}
	}
	m.pulse = &s
	m.say(s)
}
