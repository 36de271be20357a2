#pragma once

#include "core/config/params.h"

#include <QWidget>

#include <functional>

class QFormLayout;
class QHBoxLayout;
class QLabel;

namespace restream {

/// Asks for the params of a channel: a list where they are one of several, else a line. Hidden where the channel has none.
class ParamForm final : public QWidget
{
    Q_OBJECT

public:
    explicit ParamForm(QWidget *parent = nullptr);

    /// Asks for these from now on, filled in with what is set by default.
    void setParams(const QMap<QString, ParamDefinition> &definitions);
    /// What is filled in; what is left empty is left out.
    [[nodiscard]] Params params() const;
    /// Nothing that must be given is missing.
    [[nodiscard]] bool isComplete() const;
    void focusFirstEmpty();
    /// Where the Tab key leaves the form; null where there is nothing to fill in.
    [[nodiscard]] QWidget *lastInput() const { return m_lastInput; }

signals:
    /// Another choice was made, or a line was confirmed.
    void submitted();

private:
    struct Field
    {
        QString name;
        ParamDefinition definition;
        QWidget *widget = nullptr;
        std::function<QString()> value;
    };

    Field makeField(const QString &name, const ParamDefinition &definition);

    QHBoxLayout *m_layout;
    QWidget *m_fieldsBox = nullptr;
    QWidget *m_lastInput = nullptr;
    std::vector<Field> m_fields;
};

}
