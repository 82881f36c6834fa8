package wecom

import (
	"time"

	"parley/core/connector"
)

// NewSuitePolling is NewSuite that looks for lost nudges as often as a test can
// wait.
func NewSuitePolling(every time.Duration) connector.Driver { return suiteDriver{every} }

// NewKFPolling is NewKF that looks for lost nudges as often as a test can wait.
func NewKFPolling(every time.Duration) connector.Driver { return kfDriver{every} }
