package testenv

import "syscall"

// memory is where Linux keeps files in memory.
const memory = "/dev/shm"

// roomy is how much has to be free there, in bytes; what all tests of a run keep
// at once is a quarter of it.
const roomy = 2 << 30

// inMemory is a folder for files of a server that thousands of tests fill and empty,
// "" (that of temporary files) where memory has no room. On a file system such as
// ext4 without a journal, most of a test's time would go into files made and
// removed for its databases.
func inMemory() string {
	var at syscall.Statfs_t
	if err := syscall.Statfs(memory, &at); err != nil || int64(at.Bavail)*at.Bsize < roomy {
		return ""
	}
	return memory
}
