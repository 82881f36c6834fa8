/** Words of being told while one looks elsewhere in English, loaded when the first of them is needed. */
export default {
  ring: {
    assigned: "{{name}} is yours now",
    given: "{{by}} gave you {{name}}",
    queued: "{{name}} waits in the queue",
    noted: "{{by}} wrote a note about {{name}}",
    private: "Something new in Parley",
    many: "{{count}} conversations need you",
    browser: "Notifications of the browser",
    browserLead: "They appear while no window of Parley is in front: once, however many windows are open.",
    notify: "Show notifications",
    notifyHelp: "This browser allows them.",
    ask: "This browser has not been asked yet",
    askWhy:
      "Press the button and the browser asks whether Parley may show notifications: of conversations given to you, customers who wait, and colleagues who write to you.",
    allow: "Ask the browser",
    denied: "This browser refuses notifications of Parley",
    deniedHow:
      "Nobody can ask it again from here. Open the settings of this site with the sign left of the address, allow notifications, and reload the page. Sounds and the number in the window's title work without.",
    unable: "This browser shows no notifications here",
    unableHow:
      "They need an address that begins with https, and a browser that has them. Sounds and the number in the window's title work without.",
    privately: "Keep them private",
    privatelyHelp: "They only say “{{words}}”: no name and no word of a message, for a screen others see.",
    sounds: "Sounds",
    soundsLead: "Only one window makes them.",
    volume: "Volume {{volume}} %",
    mute: "Volume: off",
    loudness: "Volume",
    on_assigned: "A conversation becomes mine",
    on_waiting: "A customer of mine writes, or one comes into a queue of mine",
    on_mentioned: "A colleague names me, or writes a note about a customer of mine",
    quiet: "Quiet hours",
    quietLead:
      "No sound and no notification between these times, in your zone ({{zone}}). The number in the window's title stays, and nothing is lost.",
    quietOn: "Every day",
    from: "From",
    until: "Until",
    listen: "Listen",
    listenTo: "Listen: {{name}}",
  },
};
