package journey

import (
	"strings"
	"testing"
)

// An administrator defines an attribute, brings customers in from a table, finds
// one by two characters, writes something down, merges two that are one person
// and takes them apart again; an agent sees the same on a phone, in Chinese.
func TestC07_AnAdministratorKeepsTheContacts(t *testing.T) {
	onBoth(t, func(t *testing.T, h *hub) {
		s := staff(t, h)
		for _, w := range []struct{ name, email, role, language string }{{"周管理", "zhou@shop.test", "admin", "en"}, {"许晴", "xu@shop.test", "agent", "zh"}} {
			s.do(t, "POST", "/agents", map[string]any{"email": w.email, "name": w.name, "role": w.role, "max_load": 50, "password": password, "language": w.language}, nil)
		}
		zhou := s.signIn(t, worker{name: "周管理", email: "zhou@shop.test"}, manner{Size: &size{1440, 900}, Axe: true})

		zhou.visit(h.url + "/settings/attributes")
		zhou.click(button("Add attribute"))
		dialog := role("dialog")
		zhou.fill(label("Name").within(dialog), "会员等级")
		zhou.accessible("the form of an attribute")
		zhou.click(button("Save").within(dialog))
		zhou.sees(role("cell", "会员等级"))
		zhou.accessible("the attributes")
		zhou.shot("attributes")

		zhou.visit(h.url + "/contacts")
		zhou.sees(role("heading", "Contacts"))
		zhou.sees(text("Nobody has written yet."))
		zhou.accessible("the empty list of contacts")
		table := "外部编号;姓名;电话;邮箱;会员等级\nA-1;欧阳明月;13800138000;ming@example.com;金\nA-2;欧阳小姐;+86 138 0013 8000;;银\nA-3;Bob;'=1+1;no address;\n"
		table = strings.ReplaceAll(table, "13800138000", "8613800138000")
		zhou.upload(css("input[type=file]"), "customers.csv", []byte(table))
		zhou.sees(text("3 rows").loose().within(dialog))
		zhou.sees(css("tr").has("会员等级").within(dialog))
		zhou.accessible("what the columns hold")
		zhou.shot("contacts-import")
		zhou.click(button("Check").within(dialog))
		zhou.sees(text("This is what would happen.").loose().within(dialog))
		zhou.sees(text("This is not a mail address.").loose().within(dialog))
		zhou.accessible("what an import would do")
		zhou.shot("contacts-import-checked")
		if n := len(list[named](t, s.api, "/contacts")); n != 0 {
			t.Errorf("a check left %d contacts", n)
		}
		zhou.click(button("Import").within(dialog))
		zhou.sees(text("Done.").loose().within(dialog))
		zhou.click(button("Close").within(dialog).nth(-1))
		zhou.sees(role("cell", "欧阳明月").loose())
		zhou.accessible("the list of contacts")
		zhou.shot("contacts")
		if _, file := zhou.download(role("link", "Export")); !strings.Contains(string(file), "欧阳小姐") || !strings.Contains(string(file), "'+86") {
			t.Errorf("the export holds %s", file)
		}

		find := label("Search name, e-mail, phone or id")
		zhou.fill(find, "明月")
		zhou.counts(css("tbody tr.ant-table-row"), 1)
		zhou.fill(find, "8000")
		zhou.counts(css("tbody tr.ant-table-row"), 2)
		zhou.click(role("cell", "欧阳明月").loose())
		zhou.sees(role("heading", "欧阳明月"))
		level := label("会员等级")
		zhou.fill(level, "钻石")
		zhou.press(level, "Enter")
		zhou.fill(label("Write something down about this person"), "下午三点以后联系")
		zhou.click(button("Add note"))
		zhou.sees(role("listitem").has("下午三点以后联系"))
		zhou.accessible("a contact")
		zhou.shot("contact")

		zhou.sees(text("same phone").loose())
		zhou.click(button("Compare and merge"))
		zhou.sees(role("columnheader", "The other").loose().within(dialog))
		zhou.click(label("欧阳小姐").within(dialog))
		zhou.accessible("two contacts side by side")
		zhou.shot("contacts-merge")
		zhou.click(button("Merge").within(dialog))
		zhou.sees(role("heading", "欧阳小姐"))
		zhou.sees(text("欧阳小姐 was merged in").loose())

		xu := somebody(t, "许晴", manner{Locale: "zh-CN", Size: &size{390, 844}, Axe: true, Touch: true}).open(h.url + "/contacts")
		xu.fill(label("邮箱"), "xu@shop.test")
		xu.fill(label("密码"), password)
		xu.click(button("登录"))
		xu.sees(role("cell", "欧阳小姐").loose())
		xu.misses(button("导入"))
		xu.accessible("the list on a phone")
		xu.shot("contacts-390-zh")
		xu.click(role("cell", "欧阳小姐").loose())
		xu.sees(role("listitem").has("下午三点以后联系"))
		xu.misses(button("删除备注"))
		xu.accessible("a contact on a phone")
		xu.shot("contact-390-zh")
		wide := 0
		xu.eval(&wide, "", "document.documentElement.scrollWidth")
		if wide > 390 {
			t.Errorf("the page is %d wide", wide)
		}

		zhou.click(button("Undo"))
		zhou.click(button("Undo").within(role("tooltip")).nth(-1))
		zhou.sees(role("heading", "欧阳明月"))
		xu.sees(role("heading", "欧阳明月")) // told by the feed
		if n := len(list[named](t, s.api, "/contacts")); n != 2 {
			t.Errorf("%d contacts after the undo", n)
		}

		// She asks to be forgotten: it is said what goes, asked once, and everybody is told.
		xu.misses(button("彻底删除该客户"))
		zhou.click(button("Erase this contact"))
		zhou.sees(text("Nobody can bring it back.").loose().within(dialog))
		zhou.accessible("the question before a contact is erased")
		zhou.shot("contacts-erase")
		zhou.click(button("Erase for good").within(dialog))
		zhou.sees(role("cell", "欧阳小姐").loose())
		zhou.misses(role("cell", "欧阳明月").loose())
		xu.misses(role("heading", "欧阳明月"))
		if found := list[named](t, s.api, "/contacts"); len(found) != 1 || found[0].Name != "欧阳小姐" {
			t.Errorf("after one was erased: %+v", found)
		}
	})
}
