/** Emoji by name, for the picker and for `:name`. Enough for service; the system's own panel has the rest. */
const table = `😀 smile 😄 laugh 😊 happy 🙂 slight 😉 wink 😍 love 🥰 adore 😘 kiss 😂 joy 🤣 rofl 😅 sweat 😌 relieved 🤔 think 🤗 hug 😎 cool 🥳 party
😐 neutral 😕 confused 😟 worried 😢 cry 😭 sob 😔 sad 😞 disappointed 😓 tired 😩 weary 😤 huff 😠 angry 😱 scream 😳 flushed 🥺 please 😴 sleep 🤒 ill
👍 thumbsup 👎 thumbsdown 👌 ok 🙏 thanks 👏 clap 🙌 hooray 🤝 deal 💪 strong 👋 wave ✌️ victory 🤞 luck 👉 right 👈 left 👆 up 👇 down ✋ stop
❤️ heart 🧡 orange 💛 yellow 💚 green 💙 blue 💜 purple 💔 broken 💯 hundred ✨ sparkles ⭐ star 🔥 fire 🎉 tada 🎁 gift 🌹 rose 🍀 clover ☀️ sun
✅ done ❌ no ⚠️ warning ❓ question ❗ important ℹ️ info 🔔 bell 📌 pin 📎 clip 🔗 link 🔍 search 🔒 lock 🔑 key 🛠️ tools ⚙️ gear 📷 camera 📞 phone
📱 mobile 💻 laptop 🖨️ printer 📧 mail 📦 parcel 🚚 delivery ✈️ plane 🚗 car 🏠 home 🏪 shop 🏦 bank 💰 money 💳 card 🧾 receipt 📅 date ⏰ alarm ⏳ wait ☕ coffee`;

export const emoji: { char: string; name: string }[] = [...table.matchAll(/(\S+) ([a-z]+)/g)].map((m) => ({
  char: m[1]!,
  name: m[2]!,
}));

export const findEmoji = (query: string, limit = 8) =>
  emoji.filter((e) => e.name.includes(query)).slice(0, limit);
