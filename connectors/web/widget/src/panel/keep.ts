// Keep is the panel's small memory: in a frame the host page holds it, on the
// chat's own page the browser does, and where neither may, this page alone.
export interface Keep {
	get(key: string): string | undefined;
	set(key: string, value: string | null): void;
	keys(): string[];
}

export function keepIn(
	start: Record<string, string>,
	write: (key: string, value: string | null) => void,
): Keep {
	const all = new Map(Object.entries(start));
	return {
		get: (key) => all.get(key),
		set(key, value) {
			if (value === null) all.delete(key);
			else all.set(key, value);
			write(key, value);
		},
		keys: () => [...all.keys()],
	};
}

// ownKeep is localStorage under the account's prefix.
export function ownKeep(account: string): Keep {
	const prefix = `parley:${account}:`;
	const start: Record<string, string> = {};
	try {
		for (let i = 0; i < localStorage.length; i++) {
			const name = localStorage.key(i);
			if (name?.startsWith(prefix)) start[name.slice(prefix.length)] = localStorage.getItem(name) || "";
		}
	} catch {
		// forbidden: memory alone
	}
	return keepIn(start, (key, value) => {
		try {
			if (value === null) localStorage.removeItem(prefix + key);
			else localStorage.setItem(prefix + key, value);
		} catch {
			// forbidden or full: memory alone
		}
	});
}
