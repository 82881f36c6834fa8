package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"parley/internal/bench/load"
)

// crowdPlan is what the process of visitors and agents is told.
type crowdPlan struct {
	Addr    string   `json:"addr"`
	Account string   `json:"account"` // of the web connector
	Tokens  []string `json:"tokens"`  // of the agents, in turn
	Sockets int      `json:"sockets"` // visitors
	Agents  int      `json:"agents"`
	Typers  int      `json:"typers"` // of the visitors, those who type: three presses a second each
	Posts   float64  `json:"posts"`  // messages a second, from all visitors in turn
	Seconds float64  `json:"seconds"`
}

// crowdReport is what it saw.
type crowdReport struct {
	Pressed int          `json:"pressed"`
	Posted  int          `json:"posted"`
	Typing  load.Summary `json:"typing"` // key press to an agent's socket
	Lines   load.Summary `json:"lines"`  // post to an agent's socket
	Lost    int          `json:"lost"`   // sockets that ended before the end
	LetGo   int          `json:"let_go"` // agents' sockets that were too slow and came back with since
	Frames  int64        `json:"frames"` // told to all agents, with their bytes
	Bytes   int64        `json:"bytes"`
	Trouble string       `json:"trouble,omitempty"`
}

// crowd is the running process.
type crowd struct {
	plan     crowdPlan
	client   *http.Client
	visitors []*websocket.Conn
	began    time.Time
	over     atomic.Bool

	sent    sync.Map     // marker → when it was sent
	arrived atomic.Int64 // posts on screens

	screens  []*screen
	watching sync.WaitGroup

	mu     sync.Mutex
	report crowdReport
}

// crowdMain connects everybody, tells so on standard output, waits for a line
// on standard input, acts, and writes the report.
func crowdMain(ctx context.Context, in io.Reader, out io.Writer) error {
	lines := bufio.NewReader(in)
	first, err := lines.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("read the plan of a crowd: %w", err)
	}
	c := &crowd{client: &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 32}}}
	if err := json.Unmarshal(first, &c.plan); err != nil {
		return fmt.Errorf("read the plan of a crowd: %w", err)
	}
	if err := c.connect(ctx); err != nil {
		return err
	}
	fmt.Fprintln(out, "connected")
	if _, err := lines.ReadBytes('\n'); err != nil {
		return nil // the bench is over
	}
	c.act(ctx)
	var typing, seen load.Histogram
	for _, s := range c.screens {
		s.conn.Close()
	}
	c.watching.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.screens {
		typing.Merge(&s.typing)
		seen.Merge(&s.lines)
		c.report.Frames += s.frames
		c.report.Bytes += s.bytes
	}
	c.report.Typing, c.report.Lines = typing.Summary(), seen.Summary()
	return json.NewEncoder(out).Encode(c.report)
}

func (c *crowd) connect(ctx context.Context) error {
	c.visitors = make([]*websocket.Conn, c.plan.Sockets)
	errs := make([]error, 24)
	var next atomic.Int64
	var all sync.WaitGroup
	for w := range errs {
		all.Go(func() {
			for errs[w] == nil {
				i := int(next.Add(1)) - 1
				if i >= len(c.visitors) {
					return
				}
				c.visitors[i], errs[w] = c.visit(ctx)
			}
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	for _, v := range c.visitors {
		go c.drain(ctx, v)
	}
	for i := range c.plan.Agents {
		screen, err := c.sit(ctx, i, "")
		if err != nil {
			return err
		}
		c.screens = append(c.screens, screen)
		c.watching.Go(func() { c.watch(ctx, i, screen) })
	}
	return nil
}

// sit opens an agent's socket.
func (c *crowd) sit(ctx context.Context, agent int, since string) (*screen, error) {
	return openScreen(ctx, c.plan.Addr, c.plan.Tokens[agent%len(c.plan.Tokens)], since)
}

// visit opens a chat as a browser does.
func (c *crowd) visit(ctx context.Context) (*websocket.Conn, error) {
	chat := "/chat/" + c.plan.Account
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+c.plan.Addr+chat+"/session", bytes.NewReader([]byte(`{"lang":"en"}`)))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("open a visitor's session: %w", err)
	}
	defer resp.Body.Close()
	var session struct {
		Ticket string `json:"ticket"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&session); err != nil || session.Ticket == "" {
		return nil, fmt.Errorf("open a visitor's session: answered %d: %v", resp.StatusCode, err)
	}
	conn, _, err := websocket.Dial(ctx, "ws://"+c.plan.Addr+chat+"/live?since=0&ticket="+session.Ticket, &websocket.DialOptions{HTTPHeader: http.Header{"Origin": {"http://" + c.plan.Addr}}})
	if err != nil {
		return nil, fmt.Errorf("open a visitor's socket: %w", err)
	}
	return conn, nil
}

// drain reads what a visitor is told; a ping wants a sign of life.
func (c *crowd) drain(ctx context.Context, conn *websocket.Conn) {
	for {
		_, raw, err := conn.Read(ctx)
		if err != nil {
			c.lost(err)
			return
		}
		if bytes.Contains(raw, []byte(`"t":"ping"`)) {
			if err := conn.Write(ctx, websocket.MessageText, []byte(`{"t":"pong"}`)); err != nil {
				c.lost(err)
				return
			}
		}
	}
}

func (c *crowd) lost(err error) {
	if c.over.Load() {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.report.Lost++
	if c.report.Trouble == "" {
		c.report.Trouble = err.Error()
	}
}

// tooSlow is the code a socket is closed with that is to come back with since.
const tooSlow = ended(4008)

// watch is an agent before a screen.
func (c *crowd) watch(ctx context.Context, agent int, screen *screen) {
	for {
		raw, err := screen.next()
		if err == nil {
			screen.look(raw, time.Now(), c.when, &c.arrived)
			continue
		}
		if errors.Is(err, tooSlow) {
			c.mu.Lock()
			c.report.LetGo++
			c.mu.Unlock()
			again, back := c.sit(ctx, agent, screen.since())
			if err = back; back == nil {
				screen.conn, screen.in = again.conn, again.in
				continue
			}
		}
		c.lost(err)
		return
	}
}

// when is when a marker was sent.
func (c *crowd) when(marker string) (time.Time, bool) {
	at, ok := c.sent.Load(marker)
	if !ok {
		return time.Time{}, false
	}
	return at.(time.Time), true
}

// act lets visitors type and post until the time has passed.
func (c *crowd) act(ctx context.Context) {
	for i := range min(c.plan.Typers, len(c.visitors)) {
		c.post(ctx, i, "hello") // a conversation that is typed in
		time.Sleep(10 * time.Millisecond)
	}
	time.Sleep(time.Second)
	c.began = time.Now()
	end := c.began.Add(time.Duration(c.plan.Seconds * float64(time.Second)))
	var all sync.WaitGroup
	for i := range min(c.plan.Typers, len(c.visitors)) {
		all.Go(func() {
			time.Sleep(time.Duration(i) * 333 * time.Millisecond / time.Duration(c.plan.Typers))
			for n := 0; time.Now().Before(end); n++ {
				c.press(ctx, i, n)
				time.Sleep(333 * time.Millisecond)
			}
		})
	}
	if c.plan.Posts > 0 {
		all.Go(func() {
			for n := 0; ; n++ {
				at := c.began.Add(time.Duration(float64(n) / c.plan.Posts * float64(time.Second)))
				if at.After(end) {
					return
				}
				time.Sleep(time.Until(at))
				c.post(ctx, n%len(c.visitors), "mark-p"+strconv.Itoa(n))
			}
		})
	}
	all.Wait()
	c.settle()
	c.over.Store(true)
}

// settle waits until the last posts have arrived, for as long as some still do.
func (c *crowd) settle() {
	for was := int64(-1); ; {
		n := c.arrived.Load()
		if n == was {
			return
		}
		was = n
		time.Sleep(2 * time.Second)
	}
}

func (c *crowd) press(ctx context.Context, visitor, n int) {
	text := "mark-k" + strconv.Itoa(visitor) + "-" + strconv.Itoa(n)
	c.say(ctx, visitor, text, fmt.Sprintf(`{"t":"typing","on":true,"text":"%s and more"}`, text), &c.report.Pressed)
}

func (c *crowd) post(ctx context.Context, visitor int, text string) {
	id := "m" + strconv.FormatInt(time.Now().UnixNano(), 36) + strconv.Itoa(visitor)
	c.say(ctx, visitor, text, fmt.Sprintf(`{"t":"post","id":"%s","text":"%s"}`, id, text), &c.report.Posted)
}

func (c *crowd) say(ctx context.Context, visitor int, marker, frame string, count *int) {
	c.sent.Store(marker, time.Now())
	if err := c.visitors[visitor].Write(ctx, websocket.MessageText, []byte(frame)); err != nil {
		c.lost(err)
		return
	}
	c.mu.Lock()
	*count++
	c.mu.Unlock()
}
