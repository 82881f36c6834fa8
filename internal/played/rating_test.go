package played_test

import (
	"strings"
	"testing"

	"parley/connectors/emulate"
	"parley/connectors/wecom"
	"parley/core"
	"parley/core/canon"
	"parley/core/store"
	"parley/internal/played"
)

// asksRatings turns the question on.
func asksRatings(t *testing.T, h *played.Hub) {
	t.Helper()
	err := h.Store.For(h.Tenant).Write(t.Context(), func(tx *store.Tx) error {
		v, err := tx.ReadTenant(t.Context())
		if err != nil {
			return err
		}
		v.Settings.Rating = core.RatingSettings{On: true}
		return tx.ChangeTenant(t.Context(), v, canon.ID{})
	})
	if err != nil {
		t.Fatal(err)
	}
	h.Core.Changed(h.Tenant)
}

// closes ends a conversation as the agent does.
func closes(t *testing.T, h *played.Hub, c core.Conversation) {
	t.Helper()
	if _, err := h.Core.Desk.Close(t.Context(), h.Tenant, c.ID, h.Agent); err != nil {
		t.Fatal(err)
	}
}

// rated waits for the score of a conversation, which must stay over.
func rated(t *testing.T, h *played.Hub, c core.Conversation, score int, way core.RatingWay) {
	t.Helper()
	var v core.Rating
	h.Until("the customer rated", func() bool {
		var err error
		v, err = h.Store.For(h.Tenant).Rating(t.Context(), c.ID)
		return err == nil && v.Score > 0
	})
	if v.Score != score || v.Way != way || v.Agent != h.Agent {
		t.Errorf("rated %+v", v)
	}
	if open := h.Conversations(); len(open) != 0 {
		t.Errorf("a rating opened %+v", open)
	}
}

// On Telegram the five are buttons under the question: one press answers it, and
// the app is told so.
func TestTelegram_ACustomerRatesWithAButton(t *testing.T) {
	t.Parallel()
	w := newTelegram(t, "webhook")
	asksRatings(t, w.Hub)
	w.who("502").Does(emulate.Act{Kind: emulate.ActFollow})
	c := w.served("502", "my order")
	w.Sends(c, canon.Text{Body: "it is on its way"})
	closes(t, w.Hub, c)
	asked := w.who("502").Sees("How satisfied")
	var best emulate.Button
	for _, row := range asked.Buttons {
		for _, b := range row {
			if strings.Contains(b.Label, "Very satisfied") {
				best = b
			}
		}
	}
	w.who("502").Does(emulate.Act{Kind: emulate.ActPress, Target: asked.ID, Value: best.Value})
	rated(t, w.Hub, c, 5, core.RatedByPress)
	w.who("502").Sees("Thank you for your rating.")
	w.Until("the press is answered", func() bool { return w.p.Unanswered() == 0 })
	// What they say next is no rating.
	w.who("502").Says("and my other order")
	if next, _ := w.heard("my other order"); next.ID == c.ID {
		t.Error("other words did not begin a conversation")
	}
}

// On WeChat's customer service the five are a menu, and a customer may as well
// type what stands on it.
func TestWeChatKF_ACustomerRatesByMenuOrByWords(t *testing.T) {
	t.Parallel()
	for how, way := range map[string]core.RatingWay{"menu": core.RatedByPress, "words": core.RatedByWords} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			r := newWeCom(t, wecom.KindKF)
			asksRatings(t, r.Hub)
			r.serving()
			r.post(canon.Text{Body: "您的订单已发货"})
			c, _ := r.Talk()
			closes(t, r.Hub, c)
			asked := r.Sees("请问您对本次服务是否满意？")
			if how == "menu" {
				var worst string
				for _, row := range asked.Buttons {
					for _, b := range row {
						if strings.Contains(b.Label, "非常不满意") {
							worst = b.Value
						}
					}
				}
				r.Does(emulate.Act{Kind: emulate.ActPress, Target: asked.ID, Value: worst})
				rated(t, r.Hub, c, 1, way)
			} else {
				r.Says("非常满意")
				rated(t, r.Hub, c, 5, way)
			}
			r.Sees("感谢您的评价。")
		})
	}
}
