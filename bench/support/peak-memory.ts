// Loaded before a program that is measured: says at its end how much memory it had at most.
process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const cpuMs = (userCPUTime + systemCPUTime) / 1000;
  process.stderr.write(
    `\n@measured ${JSON.stringify({ peakMb: Math.round(maxRSS / 1024), cpuMs: Math.round(cpuMs) })}\n`,
  );
});
