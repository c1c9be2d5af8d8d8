using System.Numerics.Tensors;
using TikTok.Ranker.Ranking.Cpu;
using TikTok.Ranker.Ranking.Onnx;

namespace TikTok.Ranker.Ranking;

/// <summary>Makes a published file into a model that predicts, by what the machine has. See docs/decisions/054.</summary>
public static class RankingModels
{
    /// <summary>Videos that a model is tried out on, so that the memory for a request is there before the first comes.</summary>
    private const int TrialVideos = 5000;

    /// <param name="file">As <see cref="OnnxModelWriter"/> writes it.</param>
    /// <returns>A model that has been tried out.</returns>
    /// <exception cref="InvalidModelException">It is no such file, or what it predicts are no probabilities.</exception>
    /// <exception cref="Microsoft.ML.OnnxRuntime.OnnxRuntimeException">CUDA is asked for and does not work here.</exception>
    public static IRankingModel Load(byte[] file, RankingDevice device = RankingDevice.Automatic)
    {
        if (device == RankingDevice.Automatic) device = OnnxRankingModel.IsCudaAvailable ? RankingDevice.Cuda : RankingDevice.Cpu;
        IRankingModel model = device == RankingDevice.Cuda ? new BatchingRankingModel(OnnxRankingModel.Load(file, RankingDevice.Cuda)) : CpuModel();
        try
        {
            Try(model);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }

        CpuRankingModel CpuModel()
        {
            var (weights, version) = OnnxModelReader.Read(file);
            return new CpuRankingModel(weights, version);
        }
    }

    /// <summary>Has a model predict for made-up people and videos. What it is published with is known to be finite; its sums might not be.</summary>
    /// <exception cref="InvalidModelException"/>
    private static void Try(IRankingModel model)
    {
        var inputs = new RankingInputs(TrialVideos);
        var predictions = new float[TrialVideos * Heads.Count];
        var random = new Random(1);
        foreach (var range in (ReadOnlySpan<float>)[0, 0.1f, 1])
        {
            inputs.Count = TrialVideos;
            Fill(inputs.UserFields, range);
            Fill(inputs.UserDense, range);
            Fill(inputs.VideoFields, range);
            Fill(inputs.VideoDense, range);
            Fill(inputs.CrossDense, range);
            foreach (var count in (ReadOnlySpan<int>)[TrialVideos, 1])
            {
                inputs.Count = count;
                model.Score(inputs, predictions);
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

/// <summary>A published model that must not serve. It says why.</summary>
public sealed class InvalidModelException(string message, Exception? inner = null) : Exception(message, inner);
