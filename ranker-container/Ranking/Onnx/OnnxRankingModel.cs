using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace TikTok.Ranker.Ranking.Onnx;

/// <summary>
/// A published model on ONNX Runtime. Inputs and predictions are read and written where they lie: a request allocates only what describes them.
/// </summary>
public sealed class OnnxRankingModel : IRankingModel
{
    private static readonly string[] InputNames =
        [OnnxNames.UserFields, OnnxNames.UserDense, OnnxNames.VideoFields, OnnxNames.VideoDense, OnnxNames.CrossDense];

    private static readonly string[] OutputNames = [OnnxNames.Predictions];

    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();

    private OnnxRankingModel(InferenceSession session, long version, RankingDevice device) => (_session, Version, Device) = (session, version, device);

    public long Version { get; }

    /// <summary>Where it runs; never <see cref="RankingDevice.Automatic"/>.</summary>
    public RankingDevice Device { get; }

    /// <summary>Loads a model and tries it out: what is returned has predicted.</summary>
    /// <param name="file">As <see cref="OnnxModelWriter"/> writes it.</param>
    /// <exception cref="InvalidModelException">It is no such file, or it does not predict.</exception>
    /// <exception cref="OnnxRuntimeException">The GPU is asked for and there is none.</exception>
    public static OnnxRankingModel Load(byte[] file, OnnxRankingOptions? options = null)
    {
        options = (options ?? new OnnxRankingOptions()).Validated();
        var (_, version) = OnnxModelReader.Read(file);
        var model = Open(file, version, options);
        try
        {
            model.WarmUp(options.WarmUpVideos);
            return model;
        }
        catch (Exception e)
        {
            model.Dispose();
            if (e is OnnxRuntimeException) throw new InvalidModelException("The model does not run.", e);
            throw;
        }
    }

    /// <inheritdoc/>
    public unsafe void Score(RankingInputs inputs, Span<float> predictions)
    {
        var videos = inputs.Count;
        if (videos == 0) return;
        ArgumentOutOfRangeException.ThrowIfLessThan(predictions.Length, videos * Heads.Count, nameof(predictions));
        var (videoFields, videoDense, crossDense) = inputs.Arrays;
        fixed (float* userFieldsAt = inputs.UserFields, userDenseAt = inputs.UserDense)
        fixed (float* videoFieldsAt = videoFields, videoDenseAt = videoDense, crossDenseAt = crossDense, predictionsAt = predictions)
        {
            using var userFields = Tensor(userFieldsAt, 1, DlrmShape.UserFields * DlrmShape.EmbeddingSize);
            using var userDense = Tensor(userDenseAt, 1, DlrmShape.UserDense);
            using var ofVideos = Tensor(videoFieldsAt, videos, DlrmShape.VideoFields * DlrmShape.EmbeddingSize);
            using var denseOfVideos = Tensor(videoDenseAt, videos, DlrmShape.VideoDense);
            using var cross = Tensor(crossDenseAt, videos, DlrmShape.CrossDense);
            using var predicted = Tensor(predictionsAt, videos, Heads.Count);
            _session.Run(_runOptions, InputNames, [userFields, userDense, ofVideos, denseOfVideos, cross], OutputNames, [predicted]);
        }
    }

    public void Dispose()
    {
        _runOptions.Dispose();
        _session.Dispose();
    }

    private static OnnxRankingModel Open(byte[] file, long version, OnnxRankingOptions options)
    {
        using var settings = new SessionOptions
        {
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            IntraOpNumThreads = options.Threads,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        settings.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        var device = AppendCuda(settings, options.Device) ? RankingDevice.Cuda : RankingDevice.Cpu;
        try
        {
            return new OnnxRankingModel(new InferenceSession(file, settings), version, device);
        }
        catch (OnnxRuntimeException e)
        {
            throw new InvalidModelException("The model is not one that can run.", e);
        }
    }

    private static bool AppendCuda(SessionOptions settings, RankingDevice wanted)
    {
        if (wanted == RankingDevice.Cpu) return false;
        if (wanted == RankingDevice.Automatic && !OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider")) return false;
        try
        {
            using var cuda = new OrtCUDAProviderOptions();
            settings.AppendExecutionProvider_CUDA(cuda);
            return true;
        }
        catch (OnnxRuntimeException) when (wanted == RankingDevice.Automatic)
        {
            // The runtime knows of CUDA, but its provider's library or a device is missing.
            return false;
        }
    }

    private static unsafe OrtValue Tensor(float* data, long rows, long columns) => OrtValue.CreateTensorValueWithData(
        OrtMemoryInfo.DefaultInstance, TensorElementType.Float, [rows, columns], (nint)data, rows * columns * sizeof(float));

    /// <summary>Predicts for made-up people and videos, so that the first request finds everything in place, and a model that predicts nonsense is found out.</summary>
    private void WarmUp(int videos)
    {
        var inputs = new RankingInputs(videos) { Count = videos };
        var predictions = new float[videos * Heads.Count];
        var random = new Random(videos);
        foreach (var range in (ReadOnlySpan<float>)[0, 0.1f, 1])
        {
            inputs.Count = videos;
            Fill(inputs.UserFields, range);
            Fill(inputs.UserDense, range);
            Fill(inputs.VideoFields, range);
            Fill(inputs.VideoDense, range);
            Fill(inputs.CrossDense, range);
            foreach (var count in (ReadOnlySpan<int>)[videos, 1])
            {
                inputs.Count = count;
                Score(inputs, predictions);
                var predicted = predictions.AsSpan(0, count * Heads.Count);
                if (!TensorPrimitives.IsFiniteAll<float>(predicted) || TensorPrimitives.Min<float>(predicted) < 0 || TensorPrimitives.Max<float>(predicted) > 1)
                    throw new InvalidModelException("The model predicts what is no probability.");
            }
        }

        void Fill(Span<float> values, float range)
        {
            foreach (ref var value in values) value = ((random.NextSingle() * 2) - 1) * range;
        }
    }
}
