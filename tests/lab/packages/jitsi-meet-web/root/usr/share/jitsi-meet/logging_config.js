// Stand-in for tests: logging levels of the web application.
var loggingConfig = { defaultLogLevel: "trace" };
