// Stand-in for tests: a worker that keeps nothing and fetches nothing.
self.addEventListener("install", () => self.skipWaiting());
