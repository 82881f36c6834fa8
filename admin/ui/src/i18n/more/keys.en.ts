/** Words of the page of keys in English, loaded when the first of them is needed. */
export default {
  keys: {
    change: "Change {{keys}} for “{{name}}”",
    add: "Add a key for “{{name}}”",
    reset: "Reset the keys of “{{name}}”",
    resetAll: "Reset all",
    resetAllAsk: "Every action gets the keys it comes with.",
    changeTitle: "Another key for “{{name}}”",
    addTitle: "One more key for “{{name}}”",
    new: "New key",
    press: "Press the new key: one, several at once, or two after one another. Esc leaves it as it is.",
    free: "Nothing else has this key.",
    taken: "“{{name}}” has this key. If you take it, “{{name}}” loses it.",
    takenSwap: "“{{name}}” has this key. If you swap, “{{name}}” gets {{keys}} for it.",
    begins: "This does not go together with {{keys}}, which is “{{name}}”.",
    reserved: "The browser, or writing, needs this key itself.",
    same: "It has this key already.",
    swap: "Swap",
    take: "Take it",
    remove: "Remove {{keys}}",
    singleHelp: "Keys like j and e. Chords with Ctrl or Alt always work.",
  },
};
