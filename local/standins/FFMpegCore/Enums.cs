namespace FFMpegCore.Enums;

/// <summary>ffmpeg's <c>-v</c>, quietest first.</summary>
public enum FFMpegLogLevel { Quiet, Panic, Fatal, Error, Warning, Info, Verbose, Debug, Trace }

/// <summary>The encoder's <c>-preset</c>, best compression first.</summary>
public enum Speed { VerySlow, Slower, Slow, Medium, Fast, Faster, VeryFast, SuperFast, UltraFast }
