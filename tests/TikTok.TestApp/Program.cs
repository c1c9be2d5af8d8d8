using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TikTok.TestApp;

// As a container job when it is started as one, and a Functions app when the local host starts it: what tests kill and stop in the middle of work.
if (args is ["--queue", var queue])
{
    await Job.RunAsync(queue, Ledger.FromEnvironment());
    return;
}

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services.AddSingleton(Ledger.FromEnvironment());
builder.Build().Run();
