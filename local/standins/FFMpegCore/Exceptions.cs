namespace FFMpegCore.Exceptions;

public enum FFMpegExceptionType { Conversion, File, Operation, Process }

/// <summary>A tool that could not be started, was refused its input, or ended with an exit code other than 0.</summary>
public class FFMpegException : Exception
{
    public FFMpegException(FFMpegExceptionType type, string message, Exception? innerException = null, string ffMpegErrorOutput = "")
        : base(message, innerException)
    {
        Type = type;
        FFMpegErrorOutput = ffMpegErrorOutput;
    }

    public FFMpegException(FFMpegExceptionType type, string message)
        : this(type, message, null, "")
    {
    }

    public FFMpegExceptionType Type { get; }

    /// <summary>Everything that the tool wrote to standard error.</summary>
    public string FFMpegErrorOutput { get; }
}

/// <summary>A value that ffmpeg would refuse, found before it is started.</summary>
public class FFMpegArgumentException(string? message = null, Exception? innerException = null) : Exception(message, innerException);

/// <summary>ffprobe ended well and said nothing that can be used.</summary>
public class FFProbeException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>ffprobe named no format.</summary>
public class FormatNullException() : FFProbeException("Format not specified");
