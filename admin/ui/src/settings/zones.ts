/** zones lists the time zones this browser knows, for a searchable choice. */
export function zones(): { value: string; label: string }[] {
  const all = Intl.supportedValuesOf?.("timeZone") ?? ["Asia/Shanghai", "Europe/Berlin", "America/New_York"];
  return ["UTC", ...all.filter((z) => z !== "UTC")].map((z) => ({ value: z, label: z }));
}
