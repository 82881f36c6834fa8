package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/egress"
	"parley/core/store"
)

// sendTimeout bounds one call.
const sendTimeout = 60 * time.Second

// attempt makes one call and says what became of its rows, the row first.
func (d *Dispatcher) attempt(row store.OutboxRow, w Wire, call passage, line Line, caps connector.Capabilities) []store.Sent {
	began := time.Now()
	if w.Op != connector.OpPost && w.Target == "" {
		post, err := d.store.For(row.Tenant).Row(d.ctx, w.Of)
		if _, gone := core.AsFault(err); err != nil && !gone {
			return []store.Sent{d.judge(row, line, caps, began, connector.Receipt{}, &connector.Error{Class: connector.Transient, Code: "store_away", Err: err})}
		}
		if post.State == canon.Sending && post.RemoteID == "" {
			// Before us on this lane, so it is done: its record is on its way.
			return []store.Sent{{Row: row, State: canon.Queued, Due: began.Add(50 * time.Millisecond).UnixMilli(), Began: began}}
		}
		if w.Target = post.RemoteID; w.At > 0 {
			if w.Target, err = d.itemOf(row.Tenant, w.Of, w.At); err != nil {
				return []store.Sent{d.judge(row, line, caps, began, connector.Receipt{}, &connector.Error{Class: connector.Transient, Code: "store_away", Err: err})}
			}
		}
		if w.Target == "" {
			return []store.Sent{{Row: row, State: canon.Cancelled, Began: began}} // nothing is there to change
		}
	}
	for _, r := range call.riders {
		w.Message.Parts = slices.Concat(w.Message.Parts, partsOf(r))
	}
	fitted, unfit := d.fit(row.Tenant, line, caps, w.Message)
	w.Message = fitted
	// A call that has begun is finished even while the hub stops.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(d.ctx), sendTimeout)
	defer cancel()
	trace := &tracer{}
	ctx = egress.WithTrace(ctx, trace)
	receipt, err := connector.Receipt{}, unfit
	if err == nil {
		receipt, err = d.call(ctx, row, w, call, line, caps)
	}
	results := []store.Sent{{}}
	if call.ticket != nil {
		results = d.judgeTicket(row, call, line, caps, began, receipt, connector.AsError(err))
	} else {
		results[0] = d.judge(row, line, caps, began, receipt, connector.AsError(err))
	}
	result := &results[0]
	result.Trace = trace.JSON()
	if w.Op == connector.OpReact && (result.State == canon.Failed || result.State == canon.Unconfirmed) {
		result.State = canon.Cancelled // nobody is asked what to do about it: it comes off again
	}
	if result.State == canon.Sent && w.Op == connector.OpPost && caps.Can(connector.OpsFile) {
		result.Chore = "file"
		result.Receipt, _ = json.Marshal(receipt) // a struct of strings and times always encodes
	}
	return results
}

// itemOf is the platform's id of one of the messages a row's call made; "" when
// it made fewer.
func (d *Dispatcher) itemOf(tenant, row canon.ID, at int) (canon.RemoteID, error) {
	all, err := d.store.For(tenant).Items(d.ctx, row)
	if err != nil || at >= len(all) {
		return "", err
	}
	return all[at].RemoteID, nil
}

// call uploads what must be uploaded and sends.
func (d *Dispatcher) call(ctx context.Context, row store.OutboxRow, w Wire, by passage, line Line, caps connector.Capabilities) (receipt connector.Receipt, err error) {
	sending := false
	defer func() {
		if r := recover(); r != nil {
			class := connector.Internal
			if sending {
				class = connector.Uncertain // it may have left before
			}
			err = &connector.Error{Class: class, Code: "panic", Err: fmt.Errorf("panic in the connector: %v", r)}
			d.log.Error("a connector panicked while sending", "kind", line.Kind, "row", row.ID, "panic", r, "stack", string(debug.Stack()))
		}
	}()
	req := connector.Request{
		Key: keyFor(row), Attempt: row.Tries, Account: line.Account, Thread: w.Thread, Message: w.Message, Op: w.Op, Target: w.Target,
		Emoji: w.Emoji, ReplyTo: w.ReplyTo, After: w.After, Asked: w.Asked, Sender: w.Sender,
	}
	if req.Ticket, err = by.pass(line); err != nil {
		return receipt, err
	}
	if w.Op == connector.OpPost {
		req.Stills = d.stills(ctx, row.Tenant, caps, w.Message)
	}
	if up, ok := line.Conn.(connector.Uploader); ok && caps.Can(connector.OpsUpload) {
		if req.Uploaded, err = upload(ctx, up, line.Account, row.ID, w.Message, line.Files); err != nil {
			return receipt, err
		}
	}
	if done, err := d.respond(ctx, row, req); done {
		return connector.Receipt{State: canon.Sent}, err
	}
	sending = true
	return line.Conn.Send(ctx, req)
}

func upload(ctx context.Context, up connector.Uploader, account connector.Account, key canon.ID, m canon.Message, files connector.Files) (map[canon.ID]canon.RemoteID, error) {
	out := map[canon.ID]canon.RemoteID{}
	for _, p := range m.Parts {
		file := fileOf(p)
		if file.IsZero() {
			continue
		}
		body, info, err := files.Open(ctx, file)
		if err != nil {
			return nil, &connector.Error{Class: connector.Internal, Code: "file_unreadable", Err: err}
		}
		var remote canon.RemoteID
		if of, ok := up.(connector.AccountUploader); ok {
			remote, _, err = of.UploadFor(ctx, account, key, info, body)
		} else {
			remote, _, err = up.Upload(ctx, key, info, body)
		}
		body.Close()
		if err != nil {
			e := connector.AsError(err)
			if e.Class == connector.Uncertain {
				// The customer sees nothing of an upload: doing it again is safe.
				again := *e
				again.Class = connector.Transient
				e = &again
			}
			return nil, e
		}
		out[file] = remote
	}
	return out, nil
}
