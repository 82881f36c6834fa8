const browsers: [RegExp, string][] = [
  [/MicroMessenger\/(\d+)/, "WeChat"],
  [/Edg\w*\/(\d+)/, "Edge"],
  [/OPR\/(\d+)/, "Opera"],
  [/(?:Firefox|FxiOS)\/(\d+)/, "Firefox"],
  [/(?:Chrome|CriOS)\/(\d+)/, "Chrome"],
  [/Version\/(\d+).*Safari/, "Safari"],
];
const systems: [RegExp, string][] = [
  [/iPhone|iPad/, "iOS"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Macintosh/, "macOS"],
  [/CrOS/, "ChromeOS"],
  [/Linux/, "Linux"],
];

/** browserName turns what a browser says of itself into its name, version and system; what it does not know stays as it is. */
export function browserName(agent: string): string {
  for (const [is, name] of browsers) {
    const version = is.exec(agent)?.[1];
    if (!version) continue;
    const system = systems.find(([runs]) => runs.test(agent))?.[1];
    return [`${name} ${version}`, system].filter(Boolean).join(" · ");
  }
  return agent;
}
