package outside

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"time"

	connhttp "parley/connectors/http"
	"parley/core/canon"
)

// answer is what the application said of a call.
type answer struct {
	status   int
	said     connhttp.Answer
	readable bool // the body is an Answer, or empty
	err      error
}

// String says an answer to the author.
func (a answer) String() string {
	switch {
	case a.err != nil:
		err := a.err
		var u *url.Error // says again where the application is
		if errors.As(err, &u) {
			err = u.Err
		}
		return "nothing (" + err.Error() + ")"
	case a.said.Code != "" || a.said.Text != "":
		return strconv.Itoa(a.status) + " " + a.said.Code + " " + strconv.Quote(a.said.Text)
	}
	return strconv.Itoa(a.status)
}

func (a answer) took() bool { return a.err == nil && a.status/100 == 2 }

// unsupported is how an application says that it does not know something.
func (a answer) unsupported() bool {
	return a.status == http.StatusNotImplemented || a.status == http.StatusUnprocessableEntity && a.said.Code == "unsupported"
}

// refused is a 4xx that does not have the call repeated.
func (a answer) refused() bool {
	return a.err == nil && a.status/100 == 4 && a.status != http.StatusConflict && a.status != http.StatusTooManyRequests &&
		a.status != http.StatusRequestTimeout && a.status != http.StatusTooEarly
}

// named is the name the message has from now on.
func (a answer) named(key string) canon.RemoteID {
	if a.said.RemoteID != "" {
		return a.said.RemoteID
	}
	return canon.RemoteID(key)
}

// posting makes a call that posts a text.
func (x *run) posting(text string) connhttp.Call {
	return x.message(canon.TextMessage(text))
}

func (x *run) message(m canon.Message) connhttp.Call {
	c := x.operation("post", "")
	m.ID, _ = canon.ParseID(c.Key)
	c.Message = &m
	return c
}

// operation makes a call of another kind, on a message of the application's.
func (x *run) operation(op string, target canon.RemoteID) connhttp.Call {
	x.mu.Lock()
	defer x.mu.Unlock()
	return connhttp.Call{
		V: canon.Version, Key: canon.NewID().String(), Op: op, Attempt: 1, Account: x.thread.Account, Thread: x.thread, Target: target,
		Sender: &connhttp.Sender{Kind: "agent", Name: "Mei"},
	}
}

// call signs and posts a call as the hub does, and keeps the names of what was
// taken.
func (x *run) call(c connhttp.Call) answer {
	body, err := json.Marshal(c)
	if err != nil {
		return answer{err: fmt.Errorf("write the call: %w", err)}
	}
	a := x.post(x.ctx, body, x.signed(c.Key, time.Now(), body))
	if c.Op == "post" && (a.took() || a.status == http.StatusConflict) {
		x.mu.Lock()
		x.taken[a.named(c.Key)], x.taken[canon.RemoteID(c.Key)] = true, true
		for _, id := range a.said.Also {
			x.taken[id] = true
		}
		x.mu.Unlock()
	}
	return a
}

func (x *run) signed(id string, at time.Time, body []byte) http.Header {
	h := http.Header{}
	x.signer.SetHeaders(h, id, at, body)
	return h
}

// longest is how long the application may take to answer; the document says it.
const longest = time.Minute

func (x *run) post(ctx context.Context, body []byte, h http.Header) answer {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, x.URL+"/messages", bytes.NewReader(body))
	if err != nil {
		return answer{err: err}
	}
	req.Header = h
	req.Header.Set("Content-Type", "application/json")
	resp, err := x.Client.Do(req)
	if err != nil {
		return answer{err: err}
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return answer{err: fmt.Errorf("read the answer: %w", err)}
	}
	a := answer{status: resp.StatusCode}
	x.look("the answer to a call", fmt.Sprint(resp.Header)+string(raw))
	a.readable = json.Unmarshal(raw, &a.said) == nil || len(bytes.TrimSpace(raw)) == 0
	return a
}

// lose posts a call and goes away as soon as it is written: whether it was
// taken, the hub cannot know.
func (x *run) lose(c connhttp.Call) {
	body, err := json.Marshal(c)
	if err != nil {
		return
	}
	ctx, cancel := context.WithCancel(x.ctx)
	defer cancel()
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { cancel() }})
	_ = x.post(ctx, body, x.signed(c.Key, time.Now(), body))
}

// startup is how long a program may take until its address answers.
const startup = 10 * time.Second

// reachable asks for a sign of life. Without one, nothing else can be tried.
func (x *run) reachable() bool {
	var a answer
	x.within(startup, func() bool { a = x.call(x.operation("probe", "")); return a.err == nil })
	if !a.took() {
		x.find("reachable", "op probe at "+x.URL+"/messages", "%s; check the address, the secret and the clock", a)
		return false
	}
	return true
}
