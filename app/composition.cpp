#include "app/composition.h"

#include "fetchers/fetchers.h"

namespace restream {

QString catalogFolder()
{
    return u":/catalog"_qs;
}

QString userChannelsFolder(const QString &configFolder)
{
    return configFolder % QLatin1String("/channels");
}

EngineOptions engineOptions(const CommandLine &line)
{
    EngineOptions options;
    options.catalogFolder = catalogFolder();
    options.configFolder = line.configFolder;
    options.dataFolder = line.dataFolder;
    options.serve = line.serve;
    options.fetchers = makeFetcherFactory;
    return options;
}

}
