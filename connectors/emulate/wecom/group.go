package wecom

import (
	"errors"
	"slices"
	"strconv"
	"time"
)

// group is a customer group. What is said in it stays in it: only the archive
// service reads it, which is not played.
type group struct {
	id, name, owner string
	members         []string
	seen            []string // what was sent to it by its owner's leave
}

// task is a group send that waits for the owner to confirm it (92135).
type task struct {
	group *group
	words string
	done  bool
}

func (p *Platform) getGroup(r *request) (answer, *refusal) {
	var in struct {
		ID string `json:"chat_id"`
	}
	if bad := r.read(&in); bad != nil {
		return answer{}, bad
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.groups[in.ID]
	if g == nil {
		return answer{}, no(40058, "invalid chat_id")
	}
	list := []any{}
	for _, m := range g.members {
		list = append(list, map[string]any{"userid": m, "type": 2})
	}
	return answer{fields: map[string]any{"group_chat": map[string]any{"chat_id": g.id, "name": g.name, "owner": g.owner, "member_list": list}}}, nil
}

func (p *Platform) sendGroup(r *request) (answer, *refusal) {
	var in struct {
		ChatType    string   `json:"chat_type"`
		IDs         []string `json:"chat_id_list"`
		Sender      string
		Text        struct{ Content string }
		Attachments []struct {
			MsgType            string
			Image, Video, File mediaRef
			Link               struct{ Title, URL string }
		}
	}
	if bad := r.read(&in); bad != nil {
		return answer{}, bad
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if in.ChatType != "group" || len(in.IDs) != 1 || p.groups[in.IDs[0]] == nil {
		return answer{}, no(40058, "invalid chat_id")
	}
	g := p.groups[in.IDs[0]]
	if in.Sender != g.owner {
		return answer{}, no(40003, "invalid userid")
	}
	words := in.Text.Content
	if len(words) > 4000 || len(in.Attachments) > 9 {
		return answer{}, no(45002, "content size out of limit")
	}
	for _, a := range in.Attachments {
		ref := map[string]string{"image": a.Image.ID, "video": a.Video.ID, "file": a.File.ID}[a.MsgType]
		switch a.MsgType {
		case "image", "video", "file":
			m, bad := p.material(ref, a.MsgType)
			if bad != nil {
				return answer{}, bad
			}
			words = joined(words, "["+m.kind+"] "+m.name)
		case "link":
			if a.Link.Title == "" || a.Link.URL == "" {
				return answer{}, no(40058, "invalid link")
			}
			words = joined(words, a.Link.Title)
		default:
			return answer{}, no(40008, "invalid msgtype")
		}
	}
	if words == "" {
		return answer{}, no(44004, "empty content")
	}
	id := p.id("msgGCAAAXtWyujaWJHDDGi0mAAAA")
	r.note.ID = id
	p.tasks[id] = &task{group: g, words: words}
	return answer{fields: map[string]any{"fail_list": []string{}, "msgid": id}}, nil
}

// Confirm is the owner of a group letting a group send go.
func (p *Platform) Confirm(id string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.tasks[id]
	if t == nil || t.done {
		return errors.New("no such task waits")
	}
	t.done = true
	t.group.seen = append(t.group.seen, t.words)
	return nil
}

// GroupSeen is what a group saw of the application.
func (p *Platform) GroupSeen(id string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.groups[id].seen)
}

// Join and Leave are customers coming into a group and going; the application
// is told who (92130 客户群变更事件).
func (p *Platform) Join(id string, who ...string) { p.moved(id, "add_member", who) }

// Leave is customers leaving a group.
func (p *Platform) Leave(id string, who ...string) { p.moved(id, "del_member", who) }

func (p *Platform) moved(id, detail string, who []string) {
	p.mu.Lock()
	g := p.groups[id]
	items := ""
	for _, w := range who {
		items += element("Item", w)
		if at := slices.Index(g.members, w); detail == "del_member" && at >= 0 {
			g.members = slices.Delete(g.members, at, at+1)
		} else if detail == "add_member" && at < 0 {
			g.members = append(g.members, w)
		}
	}
	p.mu.Unlock()
	p.Tell("sys", "event", element("Event", "change_external_chat")+element("ChatId", id)+element("ChangeType", "update")+element("UpdateDetail", detail)+
		element("JoinScene", "1")+element("MemChangeCnt", strconv.Itoa(len(who)))+"<MemChangeList>"+items+"</MemChangeList>"+element("CurMemVer", strconv.FormatInt(time.Now().UnixNano(), 36)))
}
