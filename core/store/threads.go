package store

import (
	"sync"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// multiThread puts SQLite into what it calls its multi-thread mode: a connection
// is used by one goroutine at a time, which database/sql sees to, and needs no
// lock of its own, taken and left with every value read or bound. What connections
// share is locked as ever. The driver opens connections in the serialized mode
// without a choice, so it is the locks that are replaced. Nothing changes when
// SQLite was used in this process before.
// https://www.sqlite.org/threadsafe.html, https://www.sqlite.org/c3ref/mutex_methods.html
var multiThread = sync.OnceFunc(func() {
	tls := libc.NewTLS()
	defer tls.Close()
	methods := libc.Xcalloc(tls, 1, libc.Tsize_t(unsafe.Sizeof(sqlite3.Tsqlite3_mutex_methods{})))
	args := libc.Xmalloc(tls, libc.Tsize_t(unsafe.Sizeof(methods)))
	if methods == 0 || args == 0 {
		return
	}
	defer libc.Xfree(tls, methods) // SQLite copies them
	defer libc.Xfree(tls, args)
	**(**sqlite3.Tsqlite3_mutex_methods)(unsafe.Pointer(&methods)) = sqlite3.Tsqlite3_mutex_methods{
		FxMutexInit:  callable(mutexNothing),
		FxMutexEnd:   callable(mutexNothing),
		FxMutexAlloc: callable(mutexAlloc),
		FxMutexFree:  callable(mutexFree),
		FxMutexEnter: callable(mutexEnter),
		FxMutexTry:   callable(mutexTry),
		FxMutexLeave: callable(mutexLeave),
	}
	if sqlite3.Xsqlite3_config(tls, sqlite3.SQLITE_CONFIG_MUTEX, libc.VaList(args, methods)) == sqlite3.SQLITE_OK {
		sqlite3.Xsqlite3_initialize(tls) // its own lock is one of those left out
	}
})

// callable is a function as SQLite calls it. It must not be a closure: nothing the
// collector knows of would hold it.
func callable[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&f)) }

// mutexes are the locks SQLite has asked for, held here for the collector.
var mutexes struct {
	sync.Mutex
	static [sqlite3.SQLITE_MUTEX_STATIC_VFS3 + 1]sync.Mutex
	own    map[uintptr]*sync.Mutex
	none   sync.Mutex // of a connection: never locked
}

// mutex is the lock SQLite names by m, which mutexAlloc gave it.
func mutex(m uintptr) *sync.Mutex { return *(**sync.Mutex)(unsafe.Pointer(&m)) }

func mutexNothing(*libc.TLS) int32 { return sqlite3.SQLITE_OK }

func mutexAlloc(_ *libc.TLS, kind int32) uintptr {
	switch kind {
	case sqlite3.SQLITE_MUTEX_RECURSIVE: // a connection's, and that of the initialization
		return uintptr(unsafe.Pointer(&mutexes.none))
	case sqlite3.SQLITE_MUTEX_FAST:
		made := new(sync.Mutex)
		name := uintptr(unsafe.Pointer(made))
		mutexes.Lock()
		defer mutexes.Unlock()
		if mutexes.own == nil {
			mutexes.own = map[uintptr]*sync.Mutex{}
		}
		mutexes.own[name] = made
		return name
	}
	return uintptr(unsafe.Pointer(&mutexes.static[kind]))
}

func mutexFree(_ *libc.TLS, m uintptr) {
	mutexes.Lock()
	defer mutexes.Unlock()
	delete(mutexes.own, m)
}

func mutexEnter(_ *libc.TLS, m uintptr) {
	if l := mutex(m); l != &mutexes.none {
		l.Lock()
	}
}

func mutexTry(_ *libc.TLS, m uintptr) int32 {
	if l := mutex(m); l != &mutexes.none && !l.TryLock() {
		return sqlite3.SQLITE_BUSY
	}
	return sqlite3.SQLITE_OK
}

func mutexLeave(_ *libc.TLS, m uintptr) {
	if l := mutex(m); l != &mutexes.none {
		l.Unlock()
	}
}
