using FFMpegCore;

namespace TikTok.UnitTests.Transcoder;

/// <summary>What ffprobe once printed, read again by the wrapper as if ffprobe had printed it now.</summary>
internal static class RecordedProbe
{
    public const string PhonePortrait = """
        {"streams":[
          {"index":0,"codec_name":"hevc","codec_type":"video","profile":"Main 10","width":1920,"height":1080,"sample_aspect_ratio":"1:1",
           "display_aspect_ratio":"16:9","pix_fmt":"yuv420p10le","color_transfer":"arib-std-b67","r_frame_rate":"30/1","avg_frame_rate":"30000/1001",
           "start_time":"0:00:00.000000","duration":"0:00:21.321000","bit_rate":"8137442","disposition":{"default":1,"attached_pic":0},
           "tags":{"language":"und","handler_name":"Core Media Video"},
           "side_data_list":[{"side_data_type":"DOVI configuration record","dv_profile":8},
             {"side_data_type":"Display Matrix","displaymatrix":"\n00000000:            0       65536           0\n","rotation":-90}]},
          {"index":1,"codec_name":"aac","codec_type":"audio","profile":"LC","sample_rate":"44100","channels":1,"duration":"0:00:21.323000","bit_rate":"97000",
           "disposition":{"default":1,"attached_pic":0}},
          {"index":2,"codec_type":"data","duration":"0:00:21.321000","disposition":{"default":1}}],
         "format":{"filename":"source","nb_streams":3,"format_name":"mov,mp4,m4a,3gp,3g2,mj2","format_long_name":"QuickTime / MOV",
           "start_time":"0:00:00.000000","duration":"0:00:21.323000","size":"21945112","bit_rate":"8233400","probe_score":100,
           "tags":{"major_brand":"qt  ","com.apple.quicktime.location.ISO6709":"+48.2082+016.3738/"}}}
        """;

    public const string VariableRate = """
        {"streams":[
          {"index":0,"codec_name":"h264","codec_type":"video","width":1280,"height":720,"r_frame_rate":"90000/1","avg_frame_rate":"2250000/91021",
           "duration":"0:00:16.000000","disposition":{"default":1,"attached_pic":0}}],
         "format":{"nb_streams":1,"format_name":"mov,mp4,m4a,3gp,3g2,mj2","duration":"0:00:16.000000","size":"1000","bit_rate":"500","probe_score":100}}
        """;

    public const string SongWithCover = """
        {"streams":[
          {"index":0,"codec_name":"aac","codec_type":"audio","sample_rate":"44100","channels":1,"duration":"0:00:30.000000","bit_rate":"69584",
           "r_frame_rate":"0/0","avg_frame_rate":"0/0","disposition":{"default":1,"attached_pic":0}},
          {"index":1,"codec_name":"mjpeg","codec_type":"video","width":100,"height":100,"sample_aspect_ratio":"1:1","r_frame_rate":"90000/1",
           "avg_frame_rate":"0/0","duration":"0:00:30.000000","disposition":{"default":0,"attached_pic":1}}],
         "format":{"nb_streams":2,"format_name":"mov,mp4,m4a,3gp,3g2,mj2","duration":"0:00:30.000000","size":"27949","bit_rate":"74530","probe_score":100}}
        """;

    public const string BrowserRecording = """
        {"streams":[
          {"index":0,"codec_name":"vp8","codec_type":"video","width":640,"height":480,"sample_aspect_ratio":"1:1","r_frame_rate":"30/1","avg_frame_rate":"30/1",
           "start_time":"0:00:00.000000","disposition":{"default":1,"attached_pic":0}},
          {"index":1,"codec_name":"opus","codec_type":"audio","sample_rate":"48000","channels":1,"start_time":"-0:00:00.007000","disposition":{"default":1,"attached_pic":0}}],
         "format":{"nb_streams":2,"format_name":"matroska,webm","start_time":"-0:00:00.007000","size":"411022","probe_score":100}}
        """;

    public static async Task<IMediaAnalysis> AnalyseAsync(string json)
    {
        var folder = Directory.CreateTempSubdirectory("recorded-probe-").FullName;
        try
        {
            var recording = Path.Combine(folder, "recording.json");
            await File.WriteAllTextAsync(recording, json);
            var tool = Path.Combine(folder, "ffprobe");
            await File.WriteAllTextAsync(tool, $"#!/bin/sh\ncat '{recording}'\n");
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            return await FFProbe.AnalyseAsync(recording, new FFOptions { BinaryFolder = folder });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
