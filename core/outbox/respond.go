package outbox

import (
	"context"
	"fmt"

	"parley/core/connector"
	"parley/core/reply"
	"parley/core/store"
)

// respond puts a request into the response of a callback of its thread that is
// still open. done is false when none was, or none can carry it: then it is to
// be sent. A row is claimed before it comes here, and a try before anything is
// written into it, so the two never meet twice.
func (d *Dispatcher) respond(ctx context.Context, row store.OutboxRow, req connector.Request) (done bool, err error) {
	if req.Op != connector.OpPost {
		return false, nil
	}
	lane := reply.Lane{Account: row.Account, Key: req.Thread}
	for try := d.open.Next(ctx, lane); try != nil; try = d.open.Next(ctx, lane) {
		answer := try.Render(req)
		if answer.Status == 0 {
			try.Release() // the answer goes out the other way: nothing is left to wait for
			return false, nil
		}
		if !try.Claim() {
			continue
		}
		switch try.Give(ctx, answer) {
		case reply.Written:
			return true, nil
		case reply.Unknown:
			return true, &connector.Error{Class: connector.Uncertain, Code: "response_lost", Err: fmt.Errorf("the connection broke while the answer was written"),
				Shown: connector.Text{EN: "The platform hung up while the answer was written.", ZH: "回复写出时连接中断。"}}
		}
	}
	return false, nil
}
