using System.Text;

namespace TikTok.Local.Up.Supervision;

/// <summary>A log file that is renamed to <c>NAME.log.1</c>, <c>.2</c>, … once it is full; the oldest goes. Safe for several writers within one process.</summary>
public sealed class RotatingLog : IDisposable
{
    public const long DefaultMaxBytes = 5 * 1024 * 1024;
    public const int DefaultKept = 3;

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly long _maxBytes;
    private readonly int _kept;
    private FileStream? _file;

    /// <param name="path">The newest file. Its directory exists.</param>
    /// <param name="maxBytes">Size at which a file is full.</param>
    /// <param name="kept">Full files kept beside the newest.</param>
    public RotatingLog(string path, long maxBytes = DefaultMaxBytes, int kept = DefaultKept)
    {
        _path = path;
        _maxBytes = maxBytes;
        _kept = kept;
        _file = Open();
    }

    public void WriteLine(string line)
    {
        var bytes = Encoding.UTF8.GetBytes(line + "\n");
        lock (_gate)
        {
            if (_file is null) return;
            if (_file.Length > 0 && _file.Length + bytes.Length > _maxBytes) Rotate();
            _file.Write(bytes);
            _file.Flush();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    private FileStream Open() => new(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);

    private void Rotate()
    {
        _file!.Dispose();
        for (var number = _kept; number >= 1; number--)
        {
            var from = number == 1 ? _path : $"{_path}.{number - 1}";
            if (File.Exists(from)) File.Move(from, $"{_path}.{number}", overwrite: true);
        }
        _file = Open();
    }
}
