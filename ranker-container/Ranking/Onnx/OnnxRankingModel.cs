using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace TikTok.Ranker.Ranking.Onnx;

/// <summary>
/// A published model on ONNX Runtime: on a GPU in fp16, on a CPU as it is published. One person's inputs and predictions are read and written where they lie; those
/// of several are brought together first.
/// </summary>
public sealed class OnnxRankingModel : IBatchRankingModel
{
    private static readonly string[] InputNames =
        [OnnxNames.UserFields, OnnxNames.UserDense, OnnxNames.UserOf, OnnxNames.VideoFields, OnnxNames.VideoDense, OnnxNames.CrossDense];

    private static readonly string[] OutputNames = [OnnxNames.Predictions];
    private static readonly Lazy<bool> CudaWorks = new(TryCuda);

    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private int[] _zeros = [];

    private OnnxRankingModel(InferenceSession session, long version, RankingDevice device) => (_session, Version, Device) = (session, version, device);

    /// <summary>Whether the runtime, its CUDA provider, the CUDA libraries and a GPU are all here.</summary>
    public static bool IsCudaAvailable => CudaWorks.Value;

    public long Version { get; }

    public RankingDevice Device { get; }

    /// <param name="file">As <see cref="OnnxModelWriter"/> writes it.</param>
    /// <param name="threads">
    /// Threads that work on one request on the CPU. Default 1: requests side by side use the cores better than one request on all of them. They wait asleep.
    /// </param>
    /// <exception cref="InvalidModelException">It is no such file.</exception>
    /// <exception cref="OnnxRuntimeException">CUDA is asked for and does not work here.</exception>
    public static OnnxRankingModel Load(byte[] file, RankingDevice device, int threads = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        var (weights, version) = OnnxModelReader.Read(file);
        if (device == RankingDevice.Automatic) device = IsCudaAvailable ? RankingDevice.Cuda : RankingDevice.Cpu;
        try
        {
            return device == RankingDevice.Cuda
                ? new(Open(OnnxModelWriter.Write(weights, version, halfPrecision: true), device, threads), version, device)
                : new(Open(file, device, threads), version, device);
        }
        catch (OnnxRuntimeException e) when (device == RankingDevice.Cpu)
        {
            throw new InvalidModelException("The model is not one that can run.", e);
        }
    }

    /// <inheritdoc/>
    public void Score(RankingInputs inputs, Span<float> predictions)
    {
        if (inputs.Count == 0) return;
        var (videoFields, videoDense, crossDense) = inputs.Arrays;
        Run(inputs.UserFields, inputs.UserDense, FirstUser(inputs.Count), videoFields, videoDense, crossDense, people: 1, inputs.Count, predictions);
    }

    /// <inheritdoc/>
    public void Score(IReadOnlyList<RankingInputs> people, Span<float> predictions)
    {
        if (people.Count == 1)
        {
            Score(people[0], predictions);
            return;
        }
        var videos = people.Sum(p => p.Count);
        if (videos == 0) return;
        using var joined = new JoinedInputs(people, videos);
        Run(joined.UserFields, joined.UserDense, joined.UserOf, joined.VideoFields, joined.VideoDense, joined.CrossDense, people.Count, videos, predictions);
    }

    public void Dispose()
    {
        _runOptions.Dispose();
        _session.Dispose();
    }

    private unsafe void Run(
        ReadOnlySpan<float> userFields, ReadOnlySpan<float> userDense, ReadOnlySpan<int> userOf,
        ReadOnlySpan<float> videoFields, ReadOnlySpan<float> videoDense, ReadOnlySpan<float> crossDense, int people, int videos, Span<float> predictions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(predictions.Length, videos * Heads.Count, nameof(predictions));
        fixed (float* userFieldsAt = userFields, userDenseAt = userDense, videoFieldsAt = videoFields, videoDenseAt = videoDense)
        fixed (float* crossDenseAt = crossDense, predictionsAt = predictions)
        fixed (int* userOfAt = userOf)
        {
            using var fieldsOfUsers = Tensor(userFieldsAt, people, DlrmShape.UserFields * DlrmShape.EmbeddingSize);
            using var denseOfUsers = Tensor(userDenseAt, people, DlrmShape.UserDense);
            using var usersOfVideos = OrtValue.CreateTensorValueWithData(
                OrtMemoryInfo.DefaultInstance, TensorElementType.Int32, [videos], (nint)userOfAt, (long)videos * sizeof(int));
            using var fieldsOfVideos = Tensor(videoFieldsAt, videos, DlrmShape.VideoFields * DlrmShape.EmbeddingSize);
            using var denseOfVideos = Tensor(videoDenseAt, videos, DlrmShape.VideoDense);
            using var cross = Tensor(crossDenseAt, videos, DlrmShape.CrossDense);
            using var predicted = Tensor(predictionsAt, videos, Heads.Count);
            _session.Run(_runOptions, InputNames, [fieldsOfUsers, denseOfUsers, usersOfVideos, fieldsOfVideos, denseOfVideos, cross], OutputNames, [predicted]);
        }
    }

    private static unsafe OrtValue Tensor(float* data, long rows, long columns) => OrtValue.CreateTensorValueWithData(
        OrtMemoryInfo.DefaultInstance, TensorElementType.Float, [rows, columns], (nint)data, rows * columns * sizeof(float));

    /// <summary>Zeros, never written to: with one person, every video is of the first.</summary>
    private ReadOnlySpan<int> FirstUser(int videos)
    {
        var zeros = Volatile.Read(ref _zeros);
        if (zeros.Length < videos) Volatile.Write(ref _zeros, zeros = new int[videos]);
        return zeros;
    }

    private static InferenceSession Open(byte[] file, RankingDevice device, int threads)
    {
        using var settings = new SessionOptions
        {
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            IntraOpNumThreads = threads,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        settings.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        if (device == RankingDevice.Cuda)
        {
            using var cuda = new OrtCUDAProviderOptions();
            settings.AppendExecutionProvider_CUDA(cuda);
        }
        return new InferenceSession(file, settings);
    }

    private static bool TryCuda()
    {
        try
        {
            if (!OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider")) return false;

            // Only a session tells whether the provider's library, those of CUDA, and a device are there.
            using var session = Open(OnnxModelWriter.Write(new DlrmWeights(), version: 0), RankingDevice.Cuda, threads: 1);
            return true;
        }
        catch (OnnxRuntimeException)
        {
            return false;
        }
    }
}
