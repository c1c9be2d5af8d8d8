namespace TikTok.Ranker.Embeddings;

/// <summary>Brings a table back to what another has of the same ids.</summary>
public static class RowRecovery
{
    extension(EmbeddingWriter writer)
    {
        /// <summary>
        /// Takes the vectors of the other table where they differ by more than its precision, and removes the rows that it has not. What the optimiser keeps of a row stays, where it is a number. The
        /// rows count as changed, so that the next delta has them.
        /// </summary>
        /// <param name="good">Of the same dimensions, in any format.</param>
        /// <returns>Rows changed or removed.</returns>
        public int ReturnTo(EmbeddingTable good)
        {
            var changed = 0;
            var vector = new float[good.Dimensions];
            var row = new float[writer.Options.Width];
            foreach (var id in writer.Ids().ToList())
            {
                if (good.Lookup([id], vector) == 0)
                {
                    writer.Remove(id);
                    changed++;
                    continue;
                }
                writer.TryRead(id, row);
                if (IsSame(row, vector)) continue;
                writer.Update(id, (ReadOnlySpan<float>)vector, Take);
                changed++;
            }
            return changed;
        }
    }

    private static void Take(Span<float> row, ReadOnlySpan<float> vector)
    {
        vector.CopyTo(row);
        foreach (ref var state in row[vector.Length..])
        {
            if (!float.IsFinite(state)) state = 0;
        }
    }

    private static bool IsSame(ReadOnlySpan<float> row, ReadOnlySpan<float> vector)
    {
        for (var i = 0; i < vector.Length; i++)
        {
            if (row[i] != vector[i] && (Half)row[i] != (Half)vector[i]) return false;
        }
        foreach (var state in row[vector.Length..])
        {
            if (!float.IsFinite(state)) return false;
        }
        return true;
    }
}
